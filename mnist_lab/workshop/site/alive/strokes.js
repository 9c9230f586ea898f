// A drawing as an image like MNIST's (lesson 13): what mnist_lab/data/strokes.py does with Pillow, pixel by
// pixel, because a network reads best what was prepared like the digits that it learned from.

Alive.part((Alive) => {
  const CANVAS = 280, BOX = 20, SIDE = 28; // pixels: the canvas, the box that holds the ink, the image
  const THICKNESS = 0.12; // of the drawing's size: with it, drawings have as much ink as MNIST's digits

  // Strokes, lists of [x, y] with whole numbers, as 28 by 28 pixels from 0 to 255; null if there is no ink.
  Alive.asDigit = (strokes) => {
    const points = strokes.flat();
    if (points.length === 0) return null;
    const extent = (values) => Math.max(...values) - Math.min(...values);
    const size = Math.max(extent(points.map(([x]) => x)), extent(points.map(([, y]) => y)));
    return Alive.centred(inked(strokes, Math.max(2, Math.round(THICKNESS * size))));
  };

  // 255 where a round pen of this width went, circles at the points and bars between them, and 0 elsewhere:
  // the smallest part of the canvas that holds all of the ink.
  function inked(strokes, width) {
    const canvas = { pixels: new Uint8Array(CANVAS * CANVAS), left: CANVAS, right: -1, top: CANVAS, bottom: -1 };
    for (const stroke of strokes) {
      for (let i = 1; i < stroke.length; i++) bar(canvas, stroke[i - 1], stroke[i], width);
      for (const point of stroke) circle(canvas, point, width / 2);
    }
    const { pixels, left, right, top, bottom } = canvas, ink = [];
    for (let y = top; y <= bottom; y++) ink.push(...pixels.subarray(y * CANVAS + left, y * CANVAS + right + 1));
    return { width: right - left + 1, height: bottom - top + 1, pixels: ink };
  }

  // Every pixel that lies nearer to the circle than its neighbour further in, and all inside. Lengths count
  // half pixels, since the middle of a circle may lie between two pixels.
  function circle(canvas, [x, y], radius) {
    const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius].map(Math.trunc);
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const sides = [Math.abs(2 * column - left - right), Math.abs(2 * row - top - bottom)];
        const [small, large] = [Math.min(...sides), Math.max(...sides)];
        if (large ** 2 + (large - 2) ** 2 + 2 * small ** 2 <= 2 * (right - left) ** 2)
          mark(canvas, row, column, column);
      }
  }

  // The four-sided figure along a piece of a stroke, row by row, from its left edge to its right edge.
  function bar(canvas, [x0, y0], [x1, y1], width) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.hypot(dx, dy);
    if (length === 0) return;
    const [less, more] = [down((width - 1) / 2) / length, up((width - 1) / 2) / length];
    const corners = [
      [x0 - down(less * dy), y0 + down(more * dx)], [x1 - down(less * dy), y1 + down(more * dx)],
      [x1 + down(more * dy), y1 - down(less * dx)], [x0 + down(more * dy), y0 - down(less * dx)],
    ];
    const heights = corners.map((corner) => corner[1]);
    for (let row = Math.min(...heights); row <= Math.max(...heights); row++) {
      const crossings = corners.flatMap((corner, i) => crossing(corner, corners[(i + 1) % 4], row));
      mark(canvas, row, up(Math.min(...crossings)), down(Math.max(...crossings)));
    }
  }

  // Where a row meets the line between two points: at no x, at one, or (a flat line) at both ends.
  function crossing([x0, y0], [x1, y1], row) {
    if (row < Math.min(y0, y1) || row > Math.max(y0, y1)) return [];
    return y0 === y1 ? [x0, x1] : [Math.fround((row - y0) * Math.fround((x1 - x0) / (y1 - y0)) + x0)];
  }

  function mark(canvas, row, from, to) {
    [from, to] = [Math.max(from, 0), Math.min(to, CANVAS - 1)];
    if (row < 0 || row >= CANVAS || from > to) return;
    canvas.pixels.fill(255, row * CANVAS + from, row * CANVAS + to + 1);
    [canvas.left, canvas.right] = [Math.min(canvas.left, from), Math.max(canvas.right, to)];
    [canvas.top, canvas.bottom] = [Math.min(canvas.top, row), Math.max(canvas.bottom, row)];
  }

  // Halves go away from zero, or towards it.
  const up = (value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  const down = (value) => Math.sign(value) * Math.ceil(Math.abs(value) - 0.5);

  // An image that is cropped to its ink, scaled into 20 by 20 pixels, its centre of mass in the middle.
  Alive.centred = (ink) => {
    const scale = BOX / Math.max(ink.width, ink.height);
    const [width, height] = [ink.width, ink.height].map((length) => Math.max(1, halfToEven(scale * length)));
    const byColumns = (image, length) => turned(resized(turned(image), length));
    const small = ink.height > 2 * ink.width // Pillow 13 begins with the columns of what is tall
      ? resized(byColumns(ink, height), width)
      : byColumns(resized(ink, width), height);
    const column = (at) => at % width, row = (at) => Math.floor(at / width);
    const mass = (place) => small.pixels.reduce((sum, pixel, at) => sum + pixel * place(at), 0);
    const corner = (place, length) => {
      const start = halfToEven(SIDE / 2 - 0.5 - Math.fround(mass(place) / mass(() => 1)));
      return Math.min(Math.max(start, 0), SIDE - length);
    };
    const left = corner(column, width), top = corner(row, height), image = new Uint8Array(SIDE * SIDE);
    small.pixels.forEach((pixel, at) => (image[(top + row(at)) * SIDE + left + column(at)] = pixel));
    return image;
  };

  const halfToEven = (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

  // Every row of an image resized to a width: a pixel is the mean of those that it covers and some around
  // them, weighted with Lanczos's window, in whole numbers of a 2 ** 22nd as Pillow counts.
  function resized({ width, height, pixels }, newWidth) {
    if (newWidth === width) return { width, height, pixels };
    const scale = width / newWidth, reach = 3 * Math.max(scale, 1);
    const result = { width: newWidth, height, pixels: new Uint8Array(newWidth * height) };
    for (let x = 0; x < newWidth; x++) {
      const centre = (x + 0.5) * scale;
      const first = Math.max(0, Math.trunc(centre - reach + 0.5));
      const end = Math.min(width, Math.trunc(centre + reach + 0.5));
      const weights = Array.from({ length: end - first }, (_, i) =>
        lanczos((i + first - centre + 0.5) * (1 / Math.max(scale, 1))));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const whole = weights.map((weight) => up((weight / total) * 2 ** 22));
      for (let y = 0; y < height; y++) {
        const sum = whole.reduce((sum, weight, i) => sum + weight * pixels[y * width + first + i], 2 ** 21);
        result.pixels[y * newWidth + x] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22)));
      }
    }
    return result;
  }

  const sinc = (x) => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));
  const lanczos = (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0);

  // Rows as columns, so that the function for rows does the columns too.
  function turned({ width, height, pixels }) {
    const columns = new Uint8Array(pixels.length);
    pixels.forEach((pixel, at) => (columns[(at % width) * height + Math.floor(at / width)] = pixel));
    return { width: height, height: width, pixels: columns };
  }
});
