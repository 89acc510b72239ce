// Completions under a search box, as an ARIA combobox. Nothing is sent while an input method
// composes; a newer question ends the older one.
const WAIT = 150;

function combobox(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) input.setAttribute(name, value);
  let timer, running, typed = "", at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const options = [...list.children];
    at = (index + options.length + 1) % (options.length + 1);
    options.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    const chosen = options[at];
    input.value = chosen ? chosen.dataset.text : typed;
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  const show = (found) => {
    list.replaceChildren(...found.map(({ text }, number) => {
      const one = document.createElement("li");
      one.id = `${list.id}-${number}`;
      one.setAttribute("role", "option");
      one.setAttribute("aria-selected", "false");
      one.dataset.text = one.textContent = text;
      return one;
    }));
    at = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  };
  const ask = async () => {
    running?.abort();
    typed = input.value;
    if (!typed.trim()) return close();
    running = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", typed.trim());
    try {
      const answer = await fetch(address, { signal: running.signal });
      const found = answer.ok ? await answer.json() : [];
      if (document.activeElement === input) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(at < 0 && event.key === "ArrowUp" ? list.children.length - 1 : at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault();
      input.value = typed;
      close();
    }
  });
  input.addEventListener("blur", () => { clearTimeout(timer); running?.abort(); close(); });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (!chosen) return;
    input.value = chosen.dataset.text;
    close();
    input.form.requestSubmit();
  });
}

document.querySelectorAll("[data-suggest]").forEach(combobox);
