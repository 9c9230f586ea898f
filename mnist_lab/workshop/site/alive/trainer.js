// Training, in slices of a tenth of a second, so that whoever watches can see it, pause it, or stop it
// (lesson 02). It runs in a worker, beside the page; where there are none, in the page itself.

Alive.part((Alive) => {
  // SimpleCNN's small sister: 5,994 parameters. The last stage is the linear layer, 256 to 10.
  Alive.PLAN = [
    { kind: "conv", outputs: 8, size: 5 }, { kind: "pool", size: 2, activation: "relu" },
    { kind: "conv", outputs: 16, size: 5 }, { kind: "pool", size: 2, activation: "relu" },
    { kind: "dropout", size: 1 }, { kind: "conv", outputs: 10, size: 4 },
  ];
  const SEEN = 14000; // digits that a run shows the network
  const LOOKS = 8, POINTS = 40; // how often it is judged on held-out digits; points of the curves in training
  const WARM_UP = 0.2; // of the run: the rate rises for so long, then it falls to zero
  const SLICE = 100; // milliseconds

  // A run. settings: rate, batchSize, dropout, number of digits, seed. train and validation: {pixels, labels}.
  Alive.run = (settings, train, validation) => {
    const { rate, batchSize, dropout, number, seed } = settings;
    const random = Alive.random(seed), stages = Alive.build(Alive.PLAN);
    Alive.startWeights(stages, random);
    const [images, heldOut] = [train, validation].map(({ pixels }) => Alive.normalised(pixels));
    const image = (all, index) => all.subarray(784 * index, 784 * (index + 1));
    const mask = stages.find((stage) => stage.kind === "dropout").mask;
    let order = [...Array(number).keys()], next = number; // the first step shuffles
    let [seen, steps, looks] = [0, 0, 0], sums = { loss: 0, right: 0, number: 0 };

    const shuffled = (values) => values.map((value) => [random(), value])
      .sort(([one], [other]) => one - other).map(([, value]) => value);
    const judge = () => {
      mask.fill(1); // nothing is dropped when it counts
      const judged = validation.labels.map((label, i) => Alive.judge(stages, image(heldOut, i), label));
      const mean = (name) => judged.reduce((sum, one) => sum + one[name], 0) / judged.length;
      return { loss: mean("loss"), accuracy: mean("right") };
    };
    const step = () => {
      if (next >= number) [order, next] = [shuffled(order), 0];
      const batch = order.slice(next, next + batchSize);
      for (const index of batch) {
        if (dropout > 0)
          for (let i = 0; i < mask.length; i++) mask[i] = random() < dropout ? 0 : 1 / (1 - dropout);
        const { loss, right } = Alive.learnFrom(stages, image(images, index), train.labels[index]);
        sums = { loss: sums.loss + loss, right: sums.right + right, number: sums.number + 1 };
      }
      [next, seen, steps] = [next + batchSize, seen + batch.length, steps + 1];
      const share = Math.min(1, seen / SEEN);
      const height = Math.min(share / WARM_UP, (1 - share) / (1 - WARM_UP));
      Alive.adam(stages, { rate: rate * height, batchSize: batch.length, step: steps });
    };

    return {
      finished: () => seen >= SEEN,
      step,
      // What there is to show: means over the digits since the last report, and the weights as they are.
      report() {
        const { loss, right, number } = sums;
        const isPoint = number >= SEEN / POINTS || (number > 0 && seen >= SEEN);
        if (isPoint) sums = { loss: 0, right: 0, number: 0 };
        const isDue = seen >= (looks * SEEN) / LOOKS;
        if (isDue) looks = Math.floor((seen * LOOKS) / SEEN) + 1;
        return {
          share: Math.min(1, seen / SEEN), finished: seen >= SEEN,
          training: isPoint ? { loss: loss / number, accuracy: right / number } : null,
          heldOut: isDue ? judge() : null,
          weights: stages.filter(({ weight }) => weight).map(({ weight, bias }) => ({ weight, bias })),
        };
      },
    };
  };

  // Takes the messages {start: {…}}, {pause: true} and {resume: true}; hands reports to send.
  Alive.trainer = (send) => {
    let run = null, running = false, waiting = false, seconds = 0;
    const slice = () => {
      waiting = running;
      if (!running) return;
      const begun = performance.now();
      while (!run.finished() && performance.now() < begun + SLICE) run.step();
      const report = run.report();
      seconds += (performance.now() - begun) / 1000;
      send({ ...report, seconds });
      running &&= !report.finished;
      setTimeout(slice); // a pause that has come in the meantime is read first
    };
    return ({ start, pause }) => {
      if (start) [run, seconds] = [Alive.run(start.settings, start.train, start.validation), 0];
      if (start) send({ ...run.report(), seconds });
      running = !pause && !run.finished();
      if (running && !waiting) slice();
    };
  };

  // The same trainer behind a worker's door; returns what takes the messages, and what ends it.
  Alive.startTrainer = (receive) => {
    try {
      const source = `const Alive = { part(add) { add(Alive); } };
        ${Alive.parts.map((part) => `Alive.part(${part});`).join("\n")}
        onmessage = ((take) => (event) => take(event.data))(Alive.trainer((report) => postMessage(report)));`;
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
      worker.onmessage = (event) => receive(event.data);
      return { send: (message) => worker.postMessage(message), end: () => worker.terminate() };
    } catch {
      let ended = false;
      const take = Alive.trainer((report) => ended || receive(report));
      return { send: take, end: () => { ended = true; take({ pause: true }); } };
    }
  };
});
