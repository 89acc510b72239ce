// Free times of a calendar: drag over the cells of a day, or hold Shift and press the arrow down,
// and the form opens with that span. Each cell is a link of its own, so nothing here is needed.

const table = document.querySelector("[data-pick]");

/** Minutes since 1970 of "2026-11-25 09:00"; Beijing's clock is read as it stands. */
const minutes = (text) => Date.parse(`${text.replace(" ", "T")}:00Z`) / 60000;
const written = (count) => new Date(count * 60000).toISOString().slice(0, 16);

function columnsOf(cells) {
  const columns = new Map();
  for (const cell of cells) {
    const key = cell.closest("td").cellIndex;
    if (!columns.has(key)) columns.set(key, []);
    columns.get(key).push(cell);
  }
  return columns;
}

/** The cells from one to another of the same day, as far as no gap and no limit lies between. */
function between(column, anchor, to, step, most) {
  const first = column.indexOf(anchor);
  const last = column.indexOf(to);
  const way = last < first ? -1 : 1;
  const found = [anchor];
  for (let at = first + way; way > 0 ? at <= last : at >= last; at += way) {
    const gap = Math.abs(minutes(column[at].dataset.starts) - minutes(found.at(-1).dataset.starts));
    if (gap !== step || (found.length + 1) * step > most) break;
    found.push(column[at]);
  }
  return way > 0 ? found : found.reverse();
}

if (table) {
  const step = Number(table.dataset.step);
  const least = Number(table.dataset.least);
  const most = Number(table.dataset.most);
  const cells = [...table.querySelectorAll("a[data-starts]")];
  const columns = columnsOf(cells);
  const note = document.createElement("p");
  note.className = "pick-note";
  note.setAttribute("role", "status");
  note.hidden = true;
  table.closest(".scroll").after(note);
  for (const hint of document.querySelectorAll("[data-drag-hint]")) hint.hidden = false;

  let anchor = null;
  let picked = [];
  let dragging = false;

  const span = () => {
    const from = minutes(picked[0].dataset.starts);
    return [from, Math.max(minutes(picked.at(-1).dataset.starts) + step, from + least)];
  };
  const show = (to) => {
    for (const cell of picked) cell.classList.remove("slot--picked");
    const column = columns.get(anchor.closest("td").cellIndex);
    picked = to && column.includes(to) ? between(column, anchor, to, step, most) : picked;
    for (const cell of picked) cell.classList.add("slot--picked");
    const [from, until] = span();
    const hours = String(Math.round((until - from) / 6) / 10);
    note.textContent = table.dataset.say
      .replace("{time}", `${written(from).replace("T", " ")}–${written(until).slice(11)}`)
      .replace("{hours}", hours);
    note.hidden = false;
  };
  const clear = () => {
    for (const cell of picked) cell.classList.remove("slot--picked");
    picked = [];
    anchor = null;
    dragging = false;
    note.hidden = true;
  };
  const open = () => {
    const [from, until] = span();
    const address = new URL(table.dataset.pick, location.href);
    address.searchParams.set("starts", written(from));
    address.searchParams.set("ends", written(until));
    location.href = address;
  };

  table.addEventListener("dragstart", (event) => event.preventDefault());
  // A finger scrolls; it takes the links as they are.
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("a[data-starts]");
    if (!cell || event.button !== 0 || event.pointerType === "touch") return;
    clear();
    anchor = cell;
    picked = [cell];
  });
  document.addEventListener("pointermove", (event) => {
    if (!anchor || !(event.buttons & 1)) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under?.closest("td")?.querySelector("a[data-starts]");
    if (!cell || (!dragging && cell === anchor)) return;
    dragging = true;
    show(cell);
  });
  document.addEventListener("pointerup", () => {
    if (dragging) open();
    else if (anchor && picked.length < 2) clear();
  });
  document.addEventListener("pointercancel", clear);
  table.addEventListener("click", (event) => { if (dragging) event.preventDefault(); }, true);
  // Coming back to the page finds it as it was.
  addEventListener("pageshow", clear);

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a[data-starts]");
    if (!cell || event.isComposing) return;
    if (event.key === "Escape" && picked.length) { clear(); event.preventDefault(); return; }
    if (event.key === "Enter" && picked.length > 1) { open(); event.preventDefault(); return; }
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    const column = columns.get(cell.closest("td").cellIndex);
    const next = column[column.indexOf(cell) + way];
    event.preventDefault();
    if (!next) return;
    if (event.shiftKey) {
      if (!anchor) { anchor = cell; picked = [cell]; }
      show(next);
      if (!picked.includes(next)) return;
    } else clear();
    next.focus();
  });
}
