// Counts that the page was opened. No cookie goes along and none comes back: a number grows, nobody
// is known by it.
const address = document.querySelector("[data-viewed]")?.dataset.viewed;
if (address) {
  fetch(address, { method: "POST", credentials: "omit", keepalive: true }).catch(() => {});
}
