// The operator's sheet and one's own month: drag over free time to block it, drag a booking to
// another time. Every drop opens the form that does the same by hand with the time filled in, so
// that dragging can do nothing that the form can't; going back undoes it.

const table = document.querySelector("[data-sheet]");
const ROW = 56;
const FINE = window.matchMedia("(pointer: fine) and (min-width: 760px)").matches;

const clockOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const written = (count) => `${String(Math.floor(count / 60)).padStart(2, "0")}:${String(count % 60).padStart(2, "0")}`;
const nextDay = (day) => new Date(Date.parse(`${day}T00:00Z`) + 86400000).toISOString().slice(0, 10);
/** A time of a day as an address carries it; 24:00 is the next day's midnight. */
const moment = (day, count) => (count >= 1440 ? `${nextDay(day)}T00:00` : `${day}T${written(count)}`);

function go(address, values) {
  const to = new URL(address, location.href);
  for (const [name, value] of Object.entries(values)) to.searchParams.set(name, value);
  location.href = to;
}

/** Minutes of the day between which an item lies, cut off at the day's ends. */
function spanOf(item, day) {
  const [from, until] = [item.dataset.starts, item.dataset.ends];
  return [
    from.slice(0, 10) < day ? 0 : clockOf(from.slice(11)),
    until.slice(0, 10) > day ? 1440 : clockOf(until.slice(11)),
  ];
}

function axisOf(cells) {
  let [first, last] = [1440, 0];
  for (const cell of cells) {
    if (cell.dataset.opens) {
      first = Math.min(first, clockOf(cell.dataset.opens));
      last = Math.max(last, clockOf(cell.dataset.closes) || 1440);
    }
    for (const item of cell.querySelectorAll("[data-item]")) {
      const [from, until] = spanOf(item, cell.dataset.day);
      first = Math.min(first, from);
      last = Math.max(last, until);
    }
  }
  if (last <= first) [first, last] = [480, 1080];
  return [Math.floor(first / 60) * 60, Math.ceil(last / 60) * 60];
}

/** Lays the items of a day out along the clock; those that overlap stand below each other. */
function layOut(cell, first, last) {
  const track = document.createElement("div");
  track.className = "track";
  const ends = [];
  for (const item of [...cell.children].filter((one) => one.matches("[data-item]"))
    .sort((a, b) => a.dataset.starts.localeCompare(b.dataset.starts))) {
    const [from, until] = spanOf(item, cell.dataset.day);
    let row = ends.findIndex((end) => end <= from);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = until;
    item.classList.add("track__item");
    item.style.left = `${((from - first) / (last - first)) * 100}%`;
    item.style.width = `${((until - from) / (last - first)) * 100}%`;
    item.style.top = `${row * ROW}px`;
    item.title = item.innerText.replace(/\s+/g, " ").trim();
    track.append(item);
  }
  track.style.height = `${Math.max(ends.length, 1) * ROW}px`;
  for (let hour = first; hour < last; hour += 60) {
    const line = document.createElement("span");
    line.className = "track__hour";
    line.style.left = `${((hour - first) / (last - first)) * 100}%`;
    track.prepend(line);
  }
  cell.append(track);
  return track;
}

function ruler(head, first, last) {
  const line = document.createElement("div");
  line.className = "track track--ruler";
  line.setAttribute("aria-hidden", "true");
  for (let hour = first; hour < last; hour += 60) {
    const mark = document.createElement("span");
    mark.style.left = `${((hour - first) / (last - first)) * 100}%`;
    mark.textContent = written(hour);
    line.append(mark);
  }
  head.append(line);
}

/** Follows one pointer from a press to its release; Escape and a lost pointer end it unheard. */
function follow(event, { move, drop, leave }) {
  const [x, y] = [event.clientX, event.clientY];
  let far = false;
  const stop = new AbortController();
  const on = (name, heard) => document.addEventListener(name, heard, { signal: stop.signal });
  const end = () => { stop.abort(); leave(); };
  on("pointermove", (moved) => {
    far ||= Math.hypot(moved.clientX - x, moved.clientY - y) > 5;
    if (far) move(moved);
  });
  on("pointerup", (up) => {
    end();
    if (!far) return;
    // The click that follows a drag must not open the booking.
    addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    drop(up);
  });
  on("pointercancel", end);
  on("keydown", (key) => { if (key.key === "Escape") end(); });
}

function onDay(cells) {
  const [first, last] = axisOf(cells);
  ruler(table.querySelector("thead th:last-child"), first, last);
  for (const cell of cells) {
    const track = layOut(cell, first, last);
    const step = Number(cell.dataset.step);
    const perPixel = () => (last - first) / track.clientWidth;
    const snap = (count) => Math.round(count / step) * step;
    const at = (event) => {
      const raw = first + (event.clientX - track.getBoundingClientRect().left) * perPixel();
      return Math.min(Math.max(snap(raw), first), last);
    };
    const ghost = document.createElement("div");
    ghost.className = "track__ghost";
    ghost.hidden = true;
    track.append(ghost);
    const draw = (from, until) => {
      ghost.hidden = false;
      ghost.style.left = `${((from - first) / (last - first)) * 100}%`;
      ghost.style.width = `${((until - from) / (last - first)) * 100}%`;
      ghost.textContent = `${written(from)}–${written(until)}`;
    };
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      const item = event.target.closest("[data-item]");
      const booking = event.target.closest("[data-move]");
      if (item && !booking) return;
      event.preventDefault();
      const begun = at(event);
      let span = null;
      if (booking) {
        const [from, until] = spanOf(booking, cell.dataset.day);
        follow(event, {
          move: (moved) => {
            const to = Math.min(Math.max(snap(from + at(moved) - begun), first), last - (until - from));
            span = [to, to + until - from];
            draw(...span);
          },
          drop: () => { if (span && span[0] !== from) go(booking.dataset.move, { starts: moment(cell.dataset.day, span[0]) }); },
          leave: () => { ghost.hidden = true; },
        });
        return;
      }
      follow(event, {
        move: (moved) => {
          const to = at(moved);
          span = [Math.min(begun, to), Math.max(begun, to)];
          if (span[0] === span[1]) span[1] += step;
          draw(...span);
        },
        drop: () => go(cell.dataset.block, { starts: moment(cell.dataset.day, span[0]), ends: moment(cell.dataset.day, span[1]) }),
        leave: () => { ghost.hidden = true; },
      });
    });
  }
}

function onDays() {
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("td[data-day]");
  const mark = (chosen) => {
    for (const cell of table.querySelectorAll("td[data-day]")) cell.classList.toggle("calendar__over", chosen.includes(cell));
  };
  table.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const home = event.target.closest("td[data-day]");
    const booking = event.target.closest("[data-move]");
    if (!home || (!booking && (!home.dataset.block || event.target.closest("a")))) return;
    event.preventDefault();
    let over = null;
    const row = [...home.parentElement.querySelectorAll("td[data-day]")];
    const chosen = () => {
      if (booking) return [over];
      const ends = [row.indexOf(home), row.indexOf(over)].sort((a, b) => a - b);
      return row.slice(ends[0], ends[1] + 1);
    };
    follow(event, {
      move: (moved) => {
        const cell = under(moved);
        const fits = cell && (booking ? cell.dataset.resource === home.dataset.resource : row.includes(cell));
        over = fits ? cell : null;
        booking?.classList.add("slot--lifted");
        mark(over ? chosen() : []);
      },
      drop: () => {
        if (!over) return;
        if (booking) {
          if (over !== home) go(booking.dataset.move, { starts: `${over.dataset.day}T${booking.dataset.starts.slice(11)}` });
          return;
        }
        const [first, last] = [chosen()[0].dataset, chosen().at(-1).dataset];
        go(home.dataset.block, {
          starts: moment(first.day, first.opens ? clockOf(first.opens) : 0),
          ends: moment(last.day, last.closes ? clockOf(last.closes) || 1440 : 1440),
        });
      },
      leave: () => { booking?.classList.remove("slot--lifted"); mark([]); },
    });
  });
}

if (table && FINE) {
  table.addEventListener("dragstart", (event) => event.preventDefault());
  table.classList.add("calendar--drag");
  for (const hint of document.querySelectorAll("[data-drag-hint]")) hint.hidden = false;
  if (table.dataset.sheet === "day") onDay([...table.querySelectorAll("td[data-day]")]);
  else onDays();
}
