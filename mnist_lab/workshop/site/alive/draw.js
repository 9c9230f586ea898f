// The page draw.html: a drawing goes through the stored reader, and every stage shows what it made of it.

{
  const stages = Alive.build(Alive.weights);
  const find = (id) => document.getElementById(id);
  const received = ["received", "field"].map((id) =>
    Alive.picture(find(id), "The 28 by 28 pixels that the network gets"));
  let chosen = { index: 0, map: 0, y: 0, x: 0 };

  const choose = (index) => (place) => {
    chosen = { index, ...place };
    find("card").classList.add("chosen");
    layers.forEach((layer) => layer.frame(null));
    explain();
  };
  const layers = stages.slice(0, -1).map((stage, index) => {
    const section = document.querySelector(`[data-stage="${index}"]`);
    const label = `${section.querySelector("h3").textContent}. Choose a pixel to see how it came about.`;
    return Alive.maps(section, stage, { columns: Number(section.dataset.columns), label, choose: choose(index) });
  });
  const showBars = Alive.bars(find("bars"), (digit) => choose(stages.length - 1)({ map: digit, y: 0, x: 0 }));

  function explain() {
    const field = Alive.explain(find("sum"), stages, chosen.index, chosen);
    received.forEach(({ frame }) => frame(field));
  }

  function read(strokes, finished) {
    const image = Alive.asDigit(strokes) ?? new Uint8Array(784);
    const probabilities = Alive.softmax(Alive.forward(stages, Alive.normalised(image)));
    if (!finished) find("card").classList.remove("chosen"); // nothing lies over the pad
    received.forEach(({ canvas }) => Alive.paint(canvas, image, 28, { grey: true, most: 255 }));
    layers.forEach((layer) => layer.paint());
    showBars(strokes.length ? probabilities : null);
    explain();
    if (!finished) return;
    find("answer").textContent = strokes.length ? Alive.inWords(probabilities)
      : "Nothing is drawn yet: draw a digit from 0 to 9, or choose a stored drawing.";
    find("layers").classList.remove("lit");
    void find("layers").offsetWidth; // the style sheet's animation begins anew
    find("layers").classList.add("lit");
  }

  const pad = Alive.pad(find("pad"), read);
  pad.load(Alive.drawings["3"]);
  layers[0].go(3 * stages[0].side + 6, 5);
  find("card").classList.remove("chosen");
}
