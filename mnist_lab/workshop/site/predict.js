// What answers a prediction waits until the reader has chosen. Without this script it lies in a fold.
"use strict";

function prepare(question) {
  const id = question.dataset.of;
  const behind = JSON.parse(question.dataset.behind); // letter of a wrong option: a sentence about it
  const frame = question.querySelector("[role=status]");
  const folds = [...document.querySelectorAll(`.tag_tells-${id} details:has(> .cell_output), .after-${id}`)];
  const said = document.createElement("div");

  function show(chosen, text) {
    options.forEach((option) => option.setAttribute("aria-pressed", option === chosen));
    for (const fold of folds) {
      fold.open = chosen !== null;
      fold.classList.toggle("told", fold.open);
      fold.classList.toggle("waits", !fold.open);
      fold.querySelectorAll("summary p").forEach((line) => (line.textContent = text));
    }
  }

  // Makes a button of a line of the question, "<b>A</b> words".
  function button(line) {
    const made = Object.assign(document.createElement("button"), { type: "button" });
    made.append(...line.childNodes);
    made.addEventListener("click", () => choose(made));
    line.append(made);
    return made;
  }

  function choose(chosen) {
    show(chosen, "What came out");
    skip.hidden = true;
    if (chosen === skip) return;
    const letter = chosen.firstChild.textContent;
    said.innerHTML = `You chose ${letter}. ${behind[letter] ?? ""}`;
    document.querySelector(`.tag_ends-${id} .cell_output [role=status]`).append(said);
  }

  const lines = [...frame.children].filter((line) => /^[A-F]$/.test(line.firstChild.textContent));
  const options = lines.map(button);
  const last = Object.assign(document.createElement("div"), { textContent: "Show it without a guess" });
  const skip = Object.assign(button(frame.appendChild(last)), { className: "skips" });
  Object.assign(frame, { role: "group", ariaLabel: frame.firstChild.textContent });
  show(null, "What came out: first choose an answer above");
  for (const fold of folds)
    fold.querySelector("summary").addEventListener("click", (event) => {
      if (!fold.classList.contains("waits")) return;
      event.preventDefault();
      frame.scrollIntoView({ block: "center" });
      options[0].focus({ preventScroll: true });
    });
}

// Paper is white, whatever the screen is.
addEventListener("beforeprint", () => {
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.theme = "light";
  addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme), { once: true });
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".prediction").forEach(prepare);
  const landmark = { role: "region", ariaLabel: "Site" };
  Object.assign(document.querySelector(".bd-sidebar-primary") ?? {}, landmark);
  // Lines of the pages that a search finds have to be fetched, which no page opened from a file may do.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
});
