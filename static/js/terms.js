// The contract kind decides which parts of an offer fit: a new choice asks for them at once, as the
// button beside it does without script.
const part = document.querySelector("[data-refresh]");
if (part) {
  document.addEventListener("change", (event) => {
    if (event.target.name === part.dataset.refresh) event.target.form?.requestSubmit(part.querySelector("button"));
  });
}
