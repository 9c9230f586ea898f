"""What the tests of the alive pages have the browser compute."""

LOGITS = """pixels => {
  const all = Alive.normalised(Alive.bytes(pixels)), stages = Alive.build(Alive.weights);
  return Array.from({length: all.length / 784}, (_, i) =>
    Array.from(Alive.forward(stages, all.subarray(784 * i, 784 * (i + 1)))))}"""
LEARN = """([pixels, labels, masks]) => {
  const all = Alive.normalised(Alive.bytes(pixels)), stages = Alive.build(Alive.PLAN);
  Alive.startWeights(stages, Alive.random(7));
  const values = name => stages.flatMap(it => (it.parameters ?? []).map(part => Array.from(part[name])));
  const before = values("values"), steps = [];
  let loss = 0, gradients;
  for (const step of [1, 2, 3]) {
    loss = 0;
    labels.forEach((label, i) => {
      stages.find(it => it.kind === "dropout").mask.set(masks[i]);
      loss += Alive.learnFrom(stages, all.subarray(784 * i, 784 * (i + 1)), label).loss;
    });
    gradients ??= [loss, values("gradient")];
    Alive.adam(stages, {rate: 0.01, batchSize: labels.length, step});
  }
  return {before, loss: gradients[0], gradients: gradients[1], after: values("values")}}"""
SUMS = """() => { const stages = Alive.build(Alive.weights), random = Alive.random(3), gaps = [], wrong = [];
  const image = Float32Array.from({length: 784}, () => 2 * random() - 1);
  stages.forEach((stage, index) => { for (let n = 0; n < 20; n++) {
    const place = {map: Math.floor(random() * stage.outputs), y: Math.floor(random() * stage.side),
      x: Math.floor(random() * stage.side)};
    const at = (place.map * stage.side + place.y) * stage.side + place.x;
    Alive.forward(stages, image);
    const value = stage.sums[at];
    if (stage.kind === "conv") gaps.push(Math.abs(value - stage.bias[place.map]
      - Alive.partsOf(stage, place).reduce((sum, part) => sum + part.sum, 0)));
    const {left, right, top, bottom} = Alive.receptiveField(stages, index, place);
    const inside = (_, at) => at % 28 >= left && at % 28 <= right && at / 28 >= top && at / 28 < bottom + 1;
    const changed = hit => { Alive.forward(stages, image.map((v, at) => hit(v, at) ? -v : v));
      return stage.sums[at] !== value };
    if (!changed(inside) || changed((v, at) => !inside(v, at))) wrong.push([index, place]);
  }});
  const widths = stages.map((_, index) => { const field = Alive.receptiveField(stages, index, {y: 0, x: 0});
    return field.right - field.left + 1; });
  return {gap: Math.max(...gaps), wrong, widths}}"""
