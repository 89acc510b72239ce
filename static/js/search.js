// The search page without reloads: a ticked filter fetches the same address that the form would
// open and takes filters and results out of it. On narrow screens the filters move into a dialog.
document.documentElement.classList.add("has-script");
const form = () => document.querySelector("[data-filters]");
const parts = ["[data-filters]", "[data-results]"];
let running;

function addressOf(one) {
  const query = new URLSearchParams([...new FormData(one)].filter(([, value]) => value !== ""));
  return `${one.getAttribute("action")}${query.size ?? [...query].length ? `?${query}` : ""}`;
}

async function show(address, { remember = true } = {}) {
  running?.abort();
  running = new AbortController();
  const results = document.querySelector("[data-results]");
  const dim = setTimeout(() => results.setAttribute("aria-busy", "true"), 200);
  try {
    const answer = await fetch(address, { signal: running.signal, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    swap(page);
    document.querySelector("[data-said]").textContent = document.querySelector("#count").textContent;
    if (remember) history.pushState(null, "", address);
    document.title = page.title;
  } catch (error) {
    // Whatever went wrong, the address itself still opens as a page.
    if (error.name !== "AbortError") location.assign(address);
  } finally {
    clearTimeout(dim);
    results.removeAttribute("aria-busy");
  }
}

function swap(page) {
  const focused = document.activeElement?.id;
  const unfolded = new Map([...document.querySelectorAll("[data-filters] details[id]")].map((one) => [one.id, one.open]));
  const scrolled = form().closest("dialog")?.scrollTop ?? 0;
  for (const part of parts) document.querySelector(part).replaceWith(document.importNode(page.querySelector(part), true));
  document.querySelectorAll("[data-filters] details[id]").forEach((one) => { one.open = unfolded.get(one.id) ?? one.open; });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const dialog = form().closest("dialog");
  if (dialog) dialog.scrollTop = scrolled;
}

// Going back undoes the last filter, as a reload of each page would.
window.addEventListener("popstate", () => show(location.href, { remember: false }));
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-filters]")) show(addressOf(form()));
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  event.preventDefault();
  if (!event.submitter?.matches("[data-close-filters]")) show(addressOf(form()));
});

const place = document.querySelector("#filters");
const dialog = document.createElement("dialog");
dialog.className = "filters-dialog";
dialog.setAttribute("aria-labelledby", "filters-title");
document.querySelector("main").append(dialog);
dialog.addEventListener("close", () => {
  place.append(form());
  document.querySelector("[data-open-filters]")?.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open-filters]")) {
    dialog.append(form());
    dialog.showModal();
  } else if (event.target.closest("[data-close-filters]") && dialog.open) {
    event.preventDefault();
    dialog.close();
    window.scrollTo({ top: 0 });
  }
});
matchMedia("(min-width: 900px)").addEventListener("change", () => { if (dialog.open) dialog.close(); });
