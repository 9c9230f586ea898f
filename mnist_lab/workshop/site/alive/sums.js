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
    const { kind, input, inputs, inputSide, side, size, weight, corners, taps } = stage, area = size ** 2;
    const under = taps.subarray(0, area); // in the first map; the others lie behind it
    return [...Array(inputs).keys()].filter((from) => kind === "conv" || from === map).map((from) => {
      const start = from * inputSide ** 2 + corners[y * side + x];
      const patch = Float32Array.from(under, (tap) => input[start + tap]);
      if (kind === "pool") return { from, patch };
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
    const [wide, tall] = [["left", "right"], ["top", "bottom"]].map(([from, to]) =>
      Math.min(27, field[to]) - field[from] + 1);
    const where = stage.outputs === 10 ? `The score of the digit ${place.map}` : stage.side === 1
      ? `Map ${place.map}` : `Map ${place.map}, row ${place.y}, column ${place.x}`;
    const [sum, output] = [stage.sums[at], stage.output[at]].map((value) => strong(Alive.written(value)));
    const words = [...howMade(stage, stage.sums[at], stage.bias?.[place.map]), sum, "."];
    if (stage.activation) words.push(" SiLU, x\u00a0/\u00a0(1\u00a0+\u00a0e⁻ˣ), makes of it ", output, ".");
    if (stage.outputs === 10) words.push(" Softmax turns the ten scores into the ten probabilities.");
    parts.sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum)); // the strongest first
    element.replaceChildren(
      Alive.element("p", {}, strong(where), ` depends on ${wide}\u00a0×\u00a0${tall} framed pixels of the image.`),
      Alive.element("p", {}, ...words), table(parts, stage), ...(stage.kind === "conv" ? [inNumbers(parts[0])] : []));
    return field;
  };

  const strong = (text) => Alive.element("strong", {}, text);

  function howMade({ kind, size, taps }, value, bias) {
    if (kind === "pool") return [`The largest of ${size ** 2} neighbours of the map above is `];
    const products = Alive.written(value - bias), sign = bias < 0 ? "−" : "+";
    return [`${taps.length} products add up to ${products}. `,
      `With the bias: ${products} ${sign} ${Alive.written(Math.abs(bias))} = `];
  }

  // The first row of the table for those who want to check it: every product, in two decimal places.
  function inNumbers({ patch, kernel, sum }) {
    const products = Array.from(patch, (value, at) => `${Alive.written(value)} × ${Alive.written(kernel[at])}`);
    return Alive.element("details", {}, Alive.element("summary", {}, "The first row in numbers"),
      Alive.element("p", {}, `${products.join(" + ")} = ${Alive.written(sum)}`));
  }

  // A row for each map below, the strongest first; the colours of a column are full at its largest number.
  function table(rows, stage) {
    const columns = stage.kind === "pool" ? ["patch"] : ["patch", "kernel", "products"];
    const most = columns.map((name) => Math.max(...rows.flatMap((row) => Array.from(row[name], Math.abs))));
    const picture = (row, name, column) => {
      const td = Alive.element("td"), { canvas } = Alive.picture(td, `${name} of map ${row.from}`);
      Alive.paint(canvas, row[name], stage.size, { most: most[column] });
      return td;
    };
    const line = (head, ...cells) => Alive.element("tr", {}, Alive.element("th", { scope: "row" }, head), ...cells);
    const number = (value) => Alive.element("td", {}, Alive.written(value));
    const body = rows.slice(0, SHOWN).map((row) => line(stage.inputs === 1 ? "image" : `map ${row.from}`,
      ...columns.map((name, column) => picture(row, name, column)), ...(row.products ? [number(row.sum)] : [])));
    const others = rows.slice(SHOWN);
    if (others.length) body.push(line(`${others.length} others`, Alive.element("td", { colspan: 3 }),
      number(others.reduce((sum, row) => sum + row.sum, 0))));
    const names = ["from", ...(stage.kind === "pool" ? ["patch"] : ["patch", "× kernel", "= products", "sum"])];
    return Alive.element("table", {}, Alive.element("thead", {}, Alive.element("tr", {},
      ...names.map((name) => Alive.element("th", { scope: "col" }, name)))), Alive.element("tbody", {}, ...body));
  }
});
