// Forward through a convolutional network (lessons 03 and 06). A network is a list of stages; a stage
// takes maps, (inputs, inputSide, inputSide), to others, (outputs, side, side), each stored row by row
// in one array. A stage keeps what it computed: the page paints it, and learning.js needs it.

Alive.part((Alive) => {
  const activations = {
    relu: (sum) => (sum > 0 ? sum : 0),
    silu: (sum) => sum / (1 + Math.exp(-sum)),
  };

  // Stages from a plan such as [{kind: "conv", outputs: 8, size: 5}, {kind: "pool", size: 2}, …], with the
  // weights that write_parts.py stored, base64 of float32, or with zeros. A linear layer is a convolution
  // whose kernel is as large as the maps.
  Alive.build = (plan) => {
    let [inputs, inputSide] = [1, 28];
    return plan.map((step) => {
      const stage = { stride: step.kind === "pool" ? step.size : 1, outputs: inputs, ...step, inputs, inputSide };
      const { kind, size, stride, outputs } = stage, maps = kind === "conv" ? inputs : 1;
      const side = (stage.side = Math.floor((inputSide - size) / stride) + 1);
      // Where a kernel lies at each place, by its corner, and from there each pixel that lies under it.
      stage.corners = Int32Array.from({ length: side ** 2 }, (_, place) =>
        (Math.floor(place / side) * inputSide + (place % side)) * stride);
      stage.taps = Int32Array.from({ length: maps * size ** 2 }, (_, tap) =>
        (Math.floor(tap / size ** 2) * inputSide + (Math.floor(tap / size) % size)) * inputSide + (tap % size));
      stage.sums = new Float32Array(outputs * side ** 2); // before the activation
      stage.output = stage.activation ? new Float32Array(stage.sums.length) : stage.sums;
      if (kind === "conv") stage.weight = numbers(step.weight, outputs * stage.taps.length);
      if (kind === "conv") stage.bias = numbers(step.bias, outputs);
      if (kind === "pool") stage.winners = new Int32Array(stage.sums.length);
      if (kind === "dropout") stage.mask = new Float32Array(stage.sums.length).fill(1);
      [inputs, inputSide] = [outputs, side];
      return stage;
    });
  };

  const numbers = (stored, length) => new Float32Array(stored ? Alive.bytes(stored).buffer : length);

  // The ten logits of an image with values from -1 to 1.
  Alive.forward = (stages, values) => {
    for (const stage of stages) {
      stage.input = values;
      kinds[stage.kind](stage);
      const activation = activations[stage.activation];
      for (let i = 0; activation && i < stage.sums.length; i++) stage.output[i] = activation(stage.sums[i]);
      values = stage.output;
    }
    return values;
  };

  Alive.softmax = (logits) => {
    const most = Math.max(...logits);
    const powers = Array.from(logits, (logit) => Math.exp(logit - most));
    const total = powers.reduce((sum, power) => sum + power);
    return powers.map((power) => power / total);
  };

  // Pixels from 0 to 255 as the networks get them: mean 0.5 and standard deviation 0.5, as in the lessons.
  Alive.normalised = (pixels) => Float32Array.from(pixels, (pixel) => (pixel / 255 - 0.5) / 0.5);

  const kinds = {
    // At each place the pixels under a kernel, times its weights, add up. Two kernels at a time, since all
    // stages here have an even number of them: a pixel that is read once is used twice, which saves time.
    conv({ input, outputs, weight, bias, corners, taps, sums }) {
      for (let kernel = 0; kernel < outputs; kernel += 2)
        for (let place = 0; place < corners.length; place++) {
          let first = bias[kernel], second = bias[kernel + 1], at = kernel * taps.length, corner = corners[place];
          for (let tap = 0; tap < taps.length; tap++, at++) {
            const pixel = input[corner + taps[tap]];
            first += weight[at] * pixel;
            second += weight[at + taps.length] * pixel;
          }
          sums[kernel * corners.length + place] = first;
          sums[(kernel + 1) * corners.length + place] = second;
        }
    },
    pool({ input, inputSide, outputs, corners, taps, sums, winners }) {
      for (let map = 0, at = 0; map < outputs; map++)
        for (const corner of corners) {
          const start = map * inputSide ** 2 + corner;
          let winner = start;
          for (const tap of taps) if (input[start + tap] > input[winner]) winner = start + tap;
          winners[at] = winner; // where the gradient will go
          sums[at++] = input[winner];
        }
    },
    dropout({ input, mask, sums }) {
      for (let i = 0; i < sums.length; i++) sums[i] = input[i] * mask[i];
    },
  };
});
