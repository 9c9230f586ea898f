// Numbers as colours: a canvas with one pixel for each number, which the style sheet enlarges, and frames
// that are laid over it.

Alive.part((Alive) => {
  const POSITIVE = [255, 176, 32], NEGATIVE = [70, 150, 255]; // orange and blue can be told apart by everybody

  // A box with a canvas in it; frame(…) puts a frame around some of its pixels. attributes are the box's.
  Alive.picture = (parent, label, attributes = {}) => {
    const canvas = Alive.element("canvas", { role: "img", "aria-label": label });
    const mark = Alive.element("i", { class: "mark", hidden: "" });
    parent.append(Alive.element("div", { class: "picture", ...attributes }, canvas, mark));
    const frame = (field) => {
      mark.hidden = !field;
      const { left, right, top, bottom } = field ?? {}, { width, height } = canvas;
      const share = (length, of) => `${(100 * length) / of}%`;
      Object.assign(mark.style, { left: share(left, width), width: share(right - left + 1, width),
        top: share(top, height), height: share(bottom - top + 1, height) });
    };
    return { canvas, frame };
  };

  // Maps (number, side, side), so many to a row with a gap between them. Black is zero; the colours are
  // full at `most`, by default the largest number, with either sign.
  Alive.paint = (canvas, values, side, { columns = 1, grey = false, most = 0 } = {}) => {
    const number = values.length / side ** 2, step = side + 1;
    canvas.width = columns * step - 1;
    canvas.height = Math.ceil(number / columns) * step - 1;
    most = most || values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    values.forEach((value, at) => {
      const map = Math.floor(at / side ** 2), y = Math.floor(at / side) % side, x = at % side;
      const row = Math.floor(map / columns) * step + y, column = (map % columns) * step + x;
      const colour = grey ? [255, 255, 255] : value > 0 ? POSITIVE : NEGATIVE;
      const light = Math.min(1, Math.abs(value) / most) ** 0.5; // so that small numbers can be seen too
      const pixel = colour.map((part) => part * (grey ? value / most : light));
      image.data.set([...pixel, 255], 4 * (row * canvas.width + column));
    });
    context.putImageData(image, 0, 0);
  };

  // The maps of a stage, one pixel of which can be chosen: with a click, a tap, or the arrow keys.
  Alive.maps = (parent, { side, outputs, output }, { columns, label, choose }) => {
    const { canvas, frame } = Alive.picture(parent, label, { class: "picture maps", tabindex: "0",
      role: "application", "aria-label": label, "aria-describedby": "keys", click: point, keydown: press });
    canvas.setAttribute("aria-hidden", "true");
    const rows = Math.ceil(outputs / columns);
    const within = (value, length) => Math.min(length - 1, Math.max(0, value));
    let at = [Math.floor(side / 2), Math.floor(side / 2)]; // column and row, counted without the gaps

    const go = (column, row) => {
      at = [within(column, columns * side), within(row, rows * side)];
      const [left, top] = at.map((place) => place + Math.floor(place / side));
      const map = Math.floor(at[1] / side) * columns + Math.floor(at[0] / side);
      if (map >= outputs) return;
      choose({ map, y: at[1] % side, x: at[0] % side });
      frame({ left, top, right: left, bottom: top });
    };
    function point(event) {
      const place = (share, number) => {
        const cell = Math.floor(share * (number * (side + 1) - 1));
        return cell - Math.floor((cell + 1) / (side + 1)); // a click on a gap means the pixel before it
      };
      go(place(event.offsetX / canvas.clientWidth, columns), place(event.offsetY / canvas.clientHeight, rows));
    }
    function press(event) {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Enter: [0, 0] };
      if (!(event.key in move)) return;
      event.preventDefault();
      const length = event.shiftKey ? side : 1; // with Shift to the next map
      go(at[0] + length * move[event.key][0], at[1] + length * move[event.key][1]);
    }
    return { frame, go, paint: () => Alive.paint(canvas, output, side, { columns }) };
  };
});
