// Training, in slices of a tenth of a second, so that whoever watches can see it, pause it, or stop it
// (lesson 02).

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

  // A run; each next() of it trains for one slice and gives a report. digits has {pixels, labels} of two
  // sets, of which the run learns from the first `number` digits of the one.
  Alive.run = function* ({ rate, batchSize, dropout, number, seed, digits }) {
    const random = Alive.random(seed), stages = Alive.build(Alive.PLAN);
    Alive.startWeights(stages, random);
    const { train, validation } = digits;
    const [images, unseen] = [train, validation].map(({ pixels }) => Alive.normalised(Alive.bytes(pixels)));
    const image = (all, index) => all.subarray(784 * index, 784 * (index + 1));
    const mask = stages.find((stage) => stage.kind === "dropout").mask;
    let order = [...Array(number).keys()], next = number; // the first step shuffles
    let seen = 0, share = 0, steps = 0, looked = -1, seconds = 0, answers = []; // since the last point

    const shuffled = (values) => values.map((value) => [random(), value])
      .sort(([one], [other]) => one - other).map(([, value]) => value);
    const mean = (judged) => {
      const of = (name) => judged.reduce((sum, one) => sum + one[name], 0) / judged.length;
      return { loss: of("loss"), accuracy: of("right") };
    };
    const step = () => {
      if (next >= number) [order, next] = [shuffled(order), 0];
      const batch = order.slice(next, next + batchSize);
      for (const index of batch) {
        if (dropout > 0)
          for (let i = 0; i < mask.length; i++) mask[i] = random() < dropout ? 0 : 1 / (1 - dropout);
        answers.push(Alive.learnFrom(stages, image(images, index), train.labels[index]));
      }
      [next, seen, steps] = [next + batchSize, seen + batch.length, steps + 1];
      share = Math.min(1, seen / SEEN);
      const height = Math.min(share / WARM_UP, (1 - share) / (1 - WARM_UP));
      Alive.adam(stages, { rate: rate * height, batchSize: batch.length, step: steps });
    };

    for (let slice = 0; looked < LOOKS; slice = SLICE) { // the first report is of the network as it begins
      const begun = performance.now();
      while (share < 1 && performance.now() < begun + slice) step();
      const finished = share === 1, look = Math.floor(LOOKS * share);
      const training = finished || answers.length >= SEEN / POINTS ? mean(answers) : null;
      if (look > looked) mask.fill(1); // nothing is dropped when it counts
      const heldOut = look > looked
        ? mean(validation.labels.map((label, i) => Alive.judge(stages, image(unseen, i), label))) : null;
      [looked, answers] = [look, training ? [] : answers];
      seconds += (performance.now() - begun) / 1000;
      const weights = stages.map(({ weight, bias }) => ({ weight, bias }));
      yield { share, seconds, finished, training, heldOut, weights };
    }
  };

  // Begins a run in a worker, beside the page; where there are none, in the page itself. receive gets its
  // first report, and after each next() another one.
  Alive.startTrainer = (settings, receive) => {
    try {
      const source = `const Alive = { part(add) { add(Alive); } };
        ${Alive.parts.map((part) => `Alive.part(${part});`).join("\n")}
        let run = null;
        onmessage = ({ data }) => { run ??= Alive.run(data); postMessage(run.next().value); };`;
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
      worker.onmessage = ({ data }) => receive(data);
      worker.postMessage(settings);
      return { next: () => worker.postMessage(null), end: () => worker.terminate() };
    } catch {
      const run = Alive.run(settings);
      const later = () => setTimeout(() => receive(run.next().value)); // the page can answer in between
      let timer = later();
      return { next: () => { timer = later(); }, end: () => clearTimeout(timer) };
    }
  };
});
