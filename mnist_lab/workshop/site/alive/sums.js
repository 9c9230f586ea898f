// Why a pixel of a map is as bright as it is (lesson 06): the part of the image that it depends on, the
// kernel that made it, and the sum.

Alive.part((Alive) => {
  const SHOWN = 5; // rows of a sum over many maps

  // The pixels of the image on which a value depends: each stage before it widens the field by its kernel
  // and spreads it by its stride.
  Alive.receptiveField = (stages, index, { y, x }) => {
    const field = { left: x, right: x, top: y, bottom: y };
    for (const { size, stride } of stages.slice(0, index + 1).reverse()) {
      for (const side of ["left", "top"]) field[side] *= stride;
      for (const side of ["right", "bottom"]) field[side] = field[side] * stride + size - 1;
    }
    return field;
  };

  // What lies under the kernel in each map of the input, the kernel, their products and what these add up
  // to; the parts and the bias together are the value before the activation.
  Alive.partsOf = (stage, { map, y, x }) => {
    const { input, inputs, inputSide, size, stride, weight } = stage;
    const area = size ** 2;
    const sources = stage.kind === "pool" ? [map] : [...Array(inputs).keys()];
    return sources.map((from) => {
      const patch = Float32Array.from({ length: area }, (_, at) =>
        input[(from * inputSide + y * stride + Math.floor(at / size)) * inputSide + x * stride + (at % size)]);
      if (stage.kind === "pool") return { from, patch };
      const kernel = weight.subarray((map * inputs + from) * area, (map * inputs + from + 1) * area);
      const products = patch.map((value, at) => value * kernel[at]);
      return { from, patch, kernel, products, sum: products.reduce((sum, product) => sum + product, 0) };
    });
  };

  // Fill an element with the explanation of one value; returns the field on which it depends.
  Alive.explain = (element, stages, index, place) => {
    const stage = stages[index], parts = Alive.partsOf(stage, place);
    const at = (place.map * stage.side + place.y) * stage.side + place.x;
    const field = Alive.receptiveField(stages, index, place);
    const [tall, wide] = [Math.min(27, field.bottom) - field.top + 1, Math.min(27, field.right) - field.left + 1];
    const where = stage.outputs === 10 ? `The score of the digit ${place.map}` : stage.side === 1
      ? `Map ${place.map}` : `Map ${place.map}, row ${place.y}, column ${place.x}`;
    const words = stage.kind === "pool" ? [`The largest of ${stage.size ** 2} neighbours of the map above is `]
      : total(stage, stage.bias[place.map], stage.sums[at] - stage.bias[place.map]);
    words.push(strong(Alive.written(stage.sums[at])), ".");
    if (stage.activation) words.push(" SiLU, x\u00a0/\u00a0(1\u00a0+\u00a0e⁻ˣ), makes of it ", strong(Alive.written(stage.output[at])), ".");
    if (stage.outputs === 10) words.push(" Softmax turns the ten scores into the ten probabilities.");
    element.replaceChildren(
      Alive.element("p", {}, strong(where), ` depends on ${wide}\u00a0×\u00a0${tall} framed pixels of the image.`),
      Alive.element("p", {}, ...words), table(parts, stage), ...(stage.kind === "conv" ? [inNumbers(parts)] : []));
    return field;
  };

  const strong = (text) => Alive.element("strong", {}, text);

  function total({ weight, outputs }, bias, products) {
    const written = Alive.written(products), sign = bias < 0 ? "−" : "+";
    return [`${weight.length / outputs} products add up to ${written}. `,
      `With the bias: ${written} ${sign} ${Alive.written(Math.abs(bias))} = `];
  }

  const strongestFirst = (parts) => [...parts].sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum));

  // The first row of the table for those who want to check it: every product, in two decimal places.
  function inNumbers(parts) {
    const { patch, kernel, sum } = strongestFirst(parts)[0];
    const products = Array.from(patch, (value, at) => `${Alive.written(value)} × ${Alive.written(kernel[at])}`);
    return Alive.element("details", {}, Alive.element("summary", {}, "The first row in numbers"),
      Alive.element("p", {}, `${products.join(" + ")} = ${Alive.written(sum)}`));
  }

  function table(parts, stage) {
    const rows = strongestFirst(parts);
    const most = (name) => Math.max(...rows.map((row) => Math.max(...row[name].map(Math.abs))));
    const columns = stage.kind === "pool" ? ["patch"] : ["patch", "kernel", "products"];
    const limits = columns.map(most);
    const body = rows.slice(0, SHOWN).map((row) => Alive.element("tr", {},
      Alive.element("th", { scope: "row" }, stage.inputs === 1 ? "image" : `map ${row.from}`),
      ...columns.map((name, i) => cell(row[name], stage.size, `${name} of map ${row.from}`, limits[i])),
      ...(row.products ? [Alive.element("td", {}, Alive.written(row.sum))] : [])));
    if (rows.length > SHOWN) {
      const rest = rows.slice(SHOWN).reduce((sum, row) => sum + row.sum, 0);
      body.push(Alive.element("tr", {}, Alive.element("th", { scope: "row" }, `${rows.length - SHOWN} others`),
        Alive.element("td", { colspan: 3 }), Alive.element("td", {}, Alive.written(rest))));
    }
    const names = ["from", ...(stage.kind === "pool" ? ["patch"] : ["patch", "× kernel", "= products", "sum"])];
    return Alive.element("table", {}, Alive.element("thead", {}, Alive.element("tr", {},
      ...names.map((name) => Alive.element("th", { scope: "col" }, name)))), Alive.element("tbody", {}, ...body));
  }

  function cell(values, side, label, most) {
    const { box, canvas } = Alive.picture(document.createElement("td"), label);
    Alive.paint(canvas, values, side, { most });
    return box.parentElement;
  }
});
