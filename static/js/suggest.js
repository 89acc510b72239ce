// Completions under a search box (ARIA combobox). Nothing is sent while an input method composes;
// a newer question ends the older one.
const WAIT = 150;

function combobox(input) {
  const list = document.createElement("ul");
  const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
  list.id = `${input.id}-list`;
  list.className = "completions";
  list.hidden = true;
  set(list, { role: "listbox", "aria-label": input.dataset.suggestLabel });
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });
  input.after(list);
  let timer, running, typed = "", at = -1;

  const show = (texts) => {
    list.replaceChildren(...texts.map((text, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.textContent = text;
      set(option, { role: "option", "aria-selected": "false" });
      return option;
    }));
    at = -1;
    list.hidden = !texts.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    clearTimeout(timer);
    running?.abort();
    show([]);
  };
  const move = (step) => {
    // One place more than there are options: there stands what was typed.
    const places = list.children.length + 1;
    at = (at + 1 + step + places) % places - 1;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    const option = list.children[at];
    input.value = option?.textContent ?? typed;
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    typed = input.value;
    if (!typed.trim()) return show([]);
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", typed.trim());
    try {
      const answer = await fetch(address, { signal: running.signal });
      if (answer.ok) show((await answer.json()).map(({ text }) => text));
    } catch { /* The box works without completions. */ }
  };
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || list.hidden || !(step || event.key === "Escape")) return;
    event.preventDefault();
    if (step) return move(step);
    input.value = typed;
    close();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    input.value = target.textContent;
    close();
    input.form.requestSubmit();
  });
}

document.querySelectorAll("[data-suggest]").forEach(combobox);
