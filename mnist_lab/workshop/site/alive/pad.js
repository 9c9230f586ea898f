// A pad to draw on, with mouse, pen or finger, and stored drawings for those who cannot; and ten bars.

Alive.part((Alive) => {
  const CANVAS = 280, PEN = 16; // pixels

  // Fills an empty element. changed(strokes, finished) is called whenever there is something new to read.
  Alive.pad = (parent, changed) => {
    const canvas = Alive.element("canvas", {
      class: "pad", width: CANVAS, height: CANVAS, role: "img",
      "aria-label": "Pad to draw a digit on, with mouse, pen or finger. Without one, choose a stored drawing below.",
    });
    let strokes = [], drawing = false, stored = true;

    const show = (finished = true) => {
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, CANVAS, CANVAS);
      Object.assign(context, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
      context.stroke(new Path2D(strokes.map((points) => `M${points[0]}L${points.join("L")}`).join("")));
      changed(strokes, finished);
    };
    const load = (drawn, isStored = true) => {
      [strokes, stored] = [structuredClone(drawn), isStored];
      show();
    };
    const addPoints = (event) => {
      const inside = canvas.getBoundingClientRect();
      const events = event.getCoalescedEvents?.() ?? [];
      for (const { clientX, clientY } of events.length ? events : [event])
        strokes.at(-1).push([(clientX - inside.left) / inside.width, (clientY - inside.top) / inside.height]
          .map((share) => Math.round(CANVAS * share)));
      show(false);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId); // so that the stroke goes on when it leaves the pad
      strokes = stored ? [[]] : [...strokes, []]; // a stored drawing makes room for one's own
      [drawing, stored] = [true, false];
      addPoints(event);
    });
    canvas.addEventListener("pointermove", (event) => drawing && addPoints(event));
    for (const end of ["pointerup", "pointercancel"])
      canvas.addEventListener(end, () => drawing && ((drawing = false), show()));

    const button = (text, click, label) =>
      Alive.element("button", { type: "button", "aria-label": label, click }, text);
    const examples = Object.entries(Alive.drawings).map(([name, drawn]) =>
      button(name, () => load(drawn), `Stored drawing: ${name}`));
    parent.append(canvas,
      Alive.element("p", { class: "buttons" },
        button("Undo", () => load(strokes.slice(0, -1), false), "Undo the last stroke"),
        button("Clear", () => load([], false), "Clear the pad")),
      Alive.element("p", { class: "buttons" }, "Stored: ", ...examples));
    return { load };
  };

  // Ten bars of probabilities; with choose, each is a button that is called with its digit.
  Alive.bars = (parent, choose) => {
    const rows = Array.from({ length: 10 }, (_, digit) => {
      const fill = Alive.element("span", { class: "fill" });
      const share = Alive.element("span", { class: "share" });
      const row = Alive.element(choose ? "button" : "div", { class: "bar", click: choose && (() => choose(digit)) },
        `${digit}`, Alive.element("span", { class: "rail", "aria-hidden": "true" }, fill), share);
      parent.append(row);
      return { row, fill, share };
    });
    return (probabilities) => rows.forEach(({ row, fill, share }, digit) => {
      const probability = probabilities?.[digit] ?? 0;
      fill.style.width = `${100 * probability}%`;
      share.textContent = probabilities ? Alive.percent(probability) : "";
      row.classList.toggle("first", !!probabilities && probability === Math.max(...probabilities));
    });
  };

  // The answer as a sentence, with the second one where the first is unsure.
  Alive.inWords = (probabilities) => {
    const order = [...probabilities.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
    const [first, second] = order.map((digit) => `${digit} (${Math.floor(100 * probabilities[digit])} %)`);
    return probabilities[order[0]] < 0.6 ? `Not sure: ${first}, or perhaps ${second}.` : `Read as ${first}.`;
  };
});
