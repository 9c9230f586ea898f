// The page train.html: knobs, a run that can be watched, and the pad, read by the network of this moment.

(async () => {
  const find = (id) => document.getElementById(id);
  const digits = {};
  for (const [name, { pixels, labels }] of Object.entries(Alive.digits))
    digits[name] = { pixels: await Alive.unpacked(pixels), labels: Array.from(labels, Number) };

  const stages = Alive.build(Alive.PLAN); // the page's own copy, which reads the pad
  const showBars = Alive.bars(find("bars"));
  const filters = Alive.picture(find("filters"), "The eight kernels of the first convolution").canvas;
  const maps = Alive.picture(find("maps"), "What each of the eight kernels finds in your digit").canvas;
  const received = Alive.picture(find("received"), "The 28 by 28 pixels that the network gets").canvas;
  let image = null, trainer = null, settings = null, curves = null, runs = 0;

  function read() {
    const probabilities = Alive.softmax(Alive.forward(stages, Alive.normalised(image ?? new Uint8Array(784))));
    const isTrained = curves !== null && image !== null;
    Alive.paint(received, image ?? new Uint8Array(784), 28, { grey: true, most: 255 });
    Alive.paint(filters, stages[0].weight, 5, { columns: 8 });
    Alive.paint(maps, stages[1].output, 12, { columns: 8 });
    showBars(isTrained ? probabilities : null);
    find("answer").textContent = isTrained ? Alive.inWords(probabilities)
      : curves ? "Draw a digit, or choose a stored drawing." : "The network has not learned anything yet: press Start.";
  }

  function receive({ share, seconds, finished, training, heldOut, weights }) {
    weights.forEach((values, i) => Object.assign(stages.filter(({ weight }) => weight)[i], values));
    if (training) curves.training.push({ share, ...training });
    if (heldOut) curves.heldOut.push({ share, ...heldOut });
    const [last, judged] = [curves.training.at(-1), curves.heldOut.at(-1)];
    find("seconds").textContent = `${Math.round(100 * share)} % of the run, ${Alive.written(seconds, 1)} s`;
    find("loss").textContent = last ? Alive.written(last.loss, 3) : "–";
    find("accuracy").textContent = Alive.percent(judged.accuracy);
    for (const [name, top] of [["loss", 2.4], ["accuracy", 1]]) chart(find(`${name}-chart`), name, top);
    read();
    if (finished) end(last, judged, seconds);
  }

  // Two lines on axes from 0 to the top; values above it are drawn at the top.
  function chart(svg, name, top) {
    const x = (share) => 40 + 350 * share, y = (value) => 10 + 150 * (1 - Math.min(value, top) / top);
    const line = (points) => points.map((point, i) => `${i ? "L" : "M"}${x(point.share)} ${y(point[name])}`).join("");
    const ticks = [0, top / 2, top].map((tick) => `<path d="M35 ${y(tick)}H390"/><text x="30" y="${y(tick) + 4}"
      text-anchor="end">${name === "loss" ? tick.toFixed(1) : 100 * tick}</text>`);
    svg.innerHTML = `${ticks.join("")}<text x="40" y="176">0 digits shown</text>
      <text x="390" y="176" text-anchor="end">14,000</text><path class="training" d="${line(curves.training)}"/>
      <path class="held-out" d="${line(curves.heldOut)}"/>`;
    const now = [curves.training, curves.heldOut].map((points) => Alive.written(points.at(-1)?.[name] ?? 0));
    svg.setAttribute("aria-label", `${name} so far: now ${now[0]} in training, ${now[1]} on held-out digits`);
  }

  function start() {
    reset();
    runs += 1;
    settings = { seed: runs };
    for (const name of ["rate", "batchSize", "dropout", "number"]) settings[name] = Number(find(name).value);
    curves = { training: [], heldOut: [] };
    trainer = Alive.startTrainer(receive);
    trainer.send({ start: { settings, ...digits } });
    show("running");
  }

  // Only the buttons that do something can be pressed.
  function show(state) {
    const focused = document.activeElement;
    find("start").disabled = state === "running" || state === "paused";
    find("pause").disabled = !find("start").disabled;
    find("reset").disabled = state === "new";
    find("pause").textContent = state === "paused" ? "Go on" : "Pause";
    find("state").textContent = { new: "Ready.", running: "Training.", paused: "Paused.", finished: "Finished." }[state];
    if (focused.disabled) find(find("start").disabled ? "pause" : "start").focus();
  }

  function pause() {
    const isPaused = find("pause").textContent === "Go on";
    trainer.send(isPaused ? { resume: true } : { pause: true });
    show(isPaused ? "running" : "paused");
  }

  function end(last, judged, seconds) {
    const cells = [settings.number.toLocaleString("en"), settings.rate, settings.batchSize, settings.dropout,
      Alive.percent(last.accuracy), Alive.percent(judged.accuracy), Alive.written(judged.loss), `${Alive.written(seconds, 1)} s`];
    find("runs").hidden = false;
    find("runs").tBodies[0].append(Alive.element("tr", {}, ...cells.map((text) => Alive.element("td", {}, text))));
    show("finished");
  }

  function reset() {
    trainer?.end();
    [trainer, curves] = [null, null];
    Alive.startWeights(stages, Alive.random(runs + 1));
    for (const name of ["loss", "accuracy", "seconds"]) find(name).textContent = "–";
    for (const name of ["loss-chart", "accuracy-chart"]) find(name).replaceChildren();
    show("new");
    read();
  }

  for (const [id, act] of Object.entries({ start, pause, reset })) find(id).addEventListener("click", act);
  const pad = Alive.pad(find("pad"), (strokes) => {
    image = Alive.asDigit(strokes);
    read();
  });
  reset();
  pad.load(Alive.drawings["3"]);
})();
