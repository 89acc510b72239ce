// Tells the platform which matches came into view, for its figures alone; pages work without it.
import { send } from "./app.js";

const list = document.querySelector("[data-seen]");
const fresh = list ? [...list.querySelectorAll("[data-match][data-new]")] : [];
if (fresh.length && "IntersectionObserver" in window) {
  const waiting = new Set();
  let timer = 0;
  const tell = () => {
    const body = new FormData();
    for (const id of waiting) body.append("id", id);
    waiting.clear();
    send(list.dataset.seen, body).catch(() => {});
  };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      waiting.add(entry.target.dataset.match);
    }
    if (!waiting.size) return;
    clearTimeout(timer);
    timer = setTimeout(tell, 1000);
  }, { threshold: 0.5 });
  fresh.forEach((card) => observer.observe(card));
}
