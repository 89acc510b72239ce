// Cards of the board can be dragged to another column. Dropping asks for the step's fields on the
// same page that the "Move" link leads to, so that dragging can do nothing that the form can't.

const board = document.querySelector("[data-board]");

function mayLand(card, column) {
  return card.dataset.targets.split(" ").includes(column.dataset.stage);
}

if (board) {
  let held = null;
  for (const card of board.querySelectorAll("[data-deal]")) {
    if (card.dataset.targets) card.draggable = true;
  }
  board.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-deal]");
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.deal);
    for (const column of board.querySelectorAll("[data-stage]")) {
      column.classList.toggle("board__column--open", mayLand(held, column));
    }
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-stage]");
    if (held && column && mayLand(held, column)) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-stage]");
    if (!held || !column || !mayLand(held, column)) return;
    event.preventDefault();
    location.href = `${held.dataset.move}?to=${encodeURIComponent(column.dataset.stage)}`;
  });
  board.addEventListener("dragend", () => {
    held = null;
    for (const column of board.querySelectorAll("[data-stage]")) column.classList.remove("board__column--open");
  });
}
