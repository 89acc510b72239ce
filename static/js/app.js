// What every page's enhancements share. Each behaviour is asked for by a data attribute and the
// page works without it.

const csrf = () => document.body.dataset.csrf ?? document.querySelector("input[name=csrf_token]")?.value ?? "";

/** Sends a form or fields as the page would, with the token of this session. */
export function send(address, body) {
  return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch" }, credentials: "same-origin" });
}

// While an input method composes, nothing may be searched or saved: the half-typed pinyin would be
// sent. The event is dropped and sent again once the characters stand.
document.addEventListener("input", (event) => {
  if (event.isComposing) event.stopImmediatePropagation();
}, true);
document.addEventListener("compositionend", (event) => {
  event.target.dispatchEvent(new InputEvent("input", { bubbles: true }));
}, true);

// After a refused form the summary of faults takes the focus.
document.querySelector("[data-focus]")?.focus();

// A button that asks before it acts.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Choices that apply at once: facets and sorts send their form by themselves.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form?.requestSubmit();
});

// Rows that can be added and removed in a table of a form; the server reads any number of them.
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  if (add) {
    const body = document.querySelector(add.dataset.addRow);
    const last = body.querySelector("tr:last-child");
    const fresh = last.cloneNode(true);
    const next = body.querySelectorAll("tr").length;
    fresh.querySelectorAll("input, select, textarea").forEach((input) => {
      for (const name of ["name", "id", "aria-label"]) {
        const value = input.getAttribute(name);
        if (value && name !== "aria-label") input.setAttribute(name, value.replace(/-\d+(-|$)/, `-${next}$1`));
      }
      input.value = "";
    });
    body.append(fresh);
    fresh.querySelector("input, select")?.focus();
  }
  const remove = event.target.closest("[data-remove-row]");
  if (remove) {
    const row = remove.closest("tr");
    if (row.parentNode.querySelectorAll("tr").length > 1) row.remove();
    else row.querySelectorAll("input, select, textarea").forEach((input) => { input.value = ""; });
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => { copy.textContent = copy.dataset.copied ?? copy.textContent; });
  if (event.target.closest("[data-print]")) window.print();
});

// A part of a page that is polled until the server leaves the address out: <div data-poll="/jobs/…" data-every="1000">.
async function poll(part) {
  const address = part.dataset.poll;
  if (!address) return;
  await new Promise((done) => setTimeout(done, Number(part.dataset.every ?? 2000)));
  let fresh = null;
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
    // Sent elsewhere, to the sign-in say: the page itself has to go there.
    if (answer.redirected) { location.reload(); return; }
    if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  } catch {
    // No answer at all is told like a wrong one.
  }
  if (fresh) { part.replaceWith(fresh); poll(fresh); return; }
  const note = part.querySelector("[data-offline]");
  if (note) note.hidden = false;
  poll(part);
}
document.querySelectorAll("[data-poll]").forEach(poll);

// Autosave of a wizard's step: <form data-autosave="/address">, the note says when it was saved.
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  let timer;
  let running = null;
  const note = form.querySelector("[data-save-note]");
  const save = async () => {
    try {
      const answer = await send(form.dataset.autosave, new FormData(form));
      // Without its session the server refuses the token (400) or the visitor (401).
      if (answer.status === 400 || answer.status === 401) {
        if (note) note.textContent = note.dataset.ended ?? note.dataset.failed ?? "";
        return;
      }
      const told = await answer.json();
      if (note) note.textContent = told.message ?? "";
      const version = form.querySelector("input[name=version]");
      if (version && told.version) version.value = told.version;
      if (told.stop) clearTimeout(timer);
    } catch {
      if (note) note.textContent = note.dataset.failed ?? "";
    }
  };
  // One save at a time: each gives the version that the next one has to carry.
  const begin = () => {
    const mine = (running ?? Promise.resolve()).then(save);
    running = mine;
    mine.then(() => { if (running === mine) running = null; });
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(begin, 1500); });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) return;
    // Sent now, the form would meet its own autosave as somebody else's change.
    event.preventDefault();
    running.then(() => form.requestSubmit(event.submitter));
  });
});
