// What answers a prediction waits until the reader has chosen. Without this script it lies in a fold.
"use strict";

const WAITS = "What came out: first choose an answer above";
const TOLD = "What came out";

function label(fold, text) {
  fold.querySelectorAll("summary p").forEach((line) => (line.textContent = text));
}

// Turns the line of an option, "<b>A</b> words", into a button.
function button(line) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", value: line.firstChild.textContent });
  made.setAttribute("aria-pressed", "false");
  made.append(...line.childNodes);
  line.replaceChildren(made);
  return made;
}

function prepare(question) {
  const id = question.dataset.of;
  const behind = JSON.parse(question.dataset.behind); // letter of a wrong option: a sentence about it
  const frame = question.querySelector("[role=status]");
  const lines = [...frame.children].filter((line) => /^[A-F]$/.test(line.firstChild.textContent));
  const buttons = lines.map(button);
  const folds = [...document.querySelectorAll(`.tag_tells-${id} details.hide`)].filter((fold) =>
    fold.querySelector(".cell_output"),
  );
  const skip = Object.assign(document.createElement("button"), { type: "button", className: "skips" });
  skip.textContent = "Show it without a guess";
  frame.append(skip);
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", frame.firstChild.textContent);
  const said = document.createElement("div");

  for (const each of [...buttons, skip]) {
    each.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", other === each));
      folds.forEach((fold) => {
        fold.open = true;
        fold.classList.remove("waits");
        label(fold, TOLD);
      });
      skip.hidden = true;
      if (each === skip) return;
      said.innerHTML = `You chose ${each.value}. ${behind[each.value] ?? ""}`;
      document.querySelector(`.tag_ends-${id} .cell_output [role=status]`).append(said);
    });
  }
  for (const fold of folds) {
    fold.classList.add("waits");
    label(fold, WAITS);
    fold.querySelector("summary").addEventListener("click", (event) => {
      if (!fold.classList.contains("waits")) return;
      event.preventDefault();
      frame.scrollIntoView({ block: "center" });
      buttons[0].focus({ preventScroll: true });
    });
  }
}

// Paper is white, whatever the screen is.
addEventListener("beforeprint", () => {
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.theme = "light";
  addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme), { once: true });
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".prediction").forEach(prepare);
  Object.assign(document.querySelector(".bd-sidebar-primary") ?? {}, { role: "region", ariaLabel: "Site" }); // a landmark
  // Lines of the pages that a search finds have to be fetched, which no page opened from a file may do.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
});
