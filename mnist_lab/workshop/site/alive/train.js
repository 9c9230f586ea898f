// The page train.html: knobs, a run that can be watched, and the pad, read by the network of this moment.

{
  const find = (id) => document.getElementById(id);
  const stages = Alive.build(Alive.PLAN); // the page's own copy, which reads the pad
  const showBars = Alive.bars(find("bars"));
  const filters = Alive.picture(find("filters"), "The eight kernels of the first convolution").canvas;
  const maps = Alive.picture(find("maps"), "What each of the eight kernels finds in your digit").canvas;
  const received = Alive.picture(find("received"), "The 28 by 28 pixels that the network gets").canvas;
  let image = null, trainer = null, settings = null, curves = null, runs = 0, state = "new", waits = false;

  function read() {
    const probabilities = Alive.softmax(Alive.forward(stages, Alive.normalised(image ?? new Uint8Array(784))));
    const isTrained = trainer !== null && image !== null;
    Alive.paint(received, image ?? new Uint8Array(784), 28, { grey: true, most: 255 });
    Alive.paint(filters, stages[0].weight, 5, { columns: 8 });
    Alive.paint(maps, stages[1].output, 12, { columns: 8 });
    showBars(isTrained ? probabilities : null);
    find("answer").textContent = isTrained ? Alive.inWords(probabilities) : trainer
      ? "Draw a digit, or choose a stored drawing." : "The network has not learned anything yet: press Start.";
  }

  function receive({ share, seconds, finished, training, heldOut, weights }) {
    waits = false;
    if (!finished) goOn(); // while this report is shown
    stages.forEach((stage, i) => Object.assign(stage, weights[i]));
    if (training) curves.training.push({ share, ...training });
    if (heldOut) curves.heldOut.push({ share, ...heldOut });
    showCurves();
    find("seconds").textContent = `${Math.round(100 * share)} % of the run, ${Alive.written(seconds, 1)} s`;
    read();
    if (finished) end(seconds);
  }

  function showCurves() {
    const [last, judged] = [curves.training.at(-1), curves.heldOut.at(-1)];
    find("loss").textContent = last ? Alive.written(last.loss, 3) : "–";
    find("accuracy").textContent = judged ? Alive.percent(judged.accuracy) : "–";
    for (const [name, top] of [["loss", 2.4], ["accuracy", 1]]) {
      const chart = find(`${name}-chart`); // train.html has its axes, from 0 to the top; what is above lies there
      const [now, nowHeldOut] = ["training", "heldOut"].map((kind) => {
        const points = curves[kind].map((point) => [point.share, Math.min(point[name], top) / top]);
        chart.querySelector(`.${kind}`).setAttribute("points", points.map(([x, y]) => [40 + 350 * x, 160 - 150 * y]));
        return points.length ? Alive.written(curves[kind].at(-1)[name]) : "nothing";
      });
      chart.setAttribute("aria-label", `${name} so far: now ${now} in training, ${nowHeldOut} on held-out digits`);
    }
  }

  // Asks for the next report, unless the reader has stopped the run or one is on its way.
  function goOn() {
    if (state !== "running" || waits) return;
    waits = true;
    trainer.next();
  }

  function start() {
    reset();
    [runs, settings, waits] = [runs + 1, {}, true];
    for (const name of ["number", "rate", "batchSize", "dropout"]) settings[name] = Number(find(name).value);
    trainer = Alive.startTrainer({ ...settings, seed: runs, digits: Alive.digits }, receive);
    show("running");
  }

  // Only the buttons that do something can be pressed.
  function show(now) {
    const focused = document.activeElement;
    state = now;
    find("start").disabled = state === "running" || state === "paused";
    find("pause").disabled = !find("start").disabled;
    find("reset").disabled = state === "new";
    find("pause").textContent = state === "paused" ? "Go on" : "Pause";
    const words = { new: "Ready.", running: "Training.", paused: "Paused.", finished: "Finished." };
    find("state").textContent = words[state];
    if (focused.disabled) find(find("start").disabled ? "pause" : "start").focus();
  }

  function pause() {
    show(state === "paused" ? "running" : "paused");
    goOn();
  }

  function end(seconds) {
    const judged = curves.heldOut.at(-1), { number, ...others } = settings;
    const cells = [number.toLocaleString("en"), ...Object.values(others),
      Alive.percent(curves.training.at(-1).accuracy), Alive.percent(judged.accuracy), Alive.written(judged.loss),
      `${Alive.written(seconds, 1)} s`];
    find("runs").hidden = false;
    find("runs").tBodies[0].append(Alive.element("tr", {}, ...cells.map((text) => Alive.element("td", {}, text))));
    show("finished");
  }

  function reset() {
    trainer?.end();
    [trainer, curves] = [null, { training: [], heldOut: [] }];
    Alive.startWeights(stages, Alive.random(runs + 1));
    find("seconds").textContent = "–";
    showCurves();
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
}
