// Forward through a convolutional network (lessons 03 and 06). A network is a list of stages; a stage
// takes maps, (inputs, inputSide, inputSide), to others, (outputs, side, side), each stored row by row
// in one array. A stage keeps what it computed: the page paints it, and learning.js needs it.

Alive.part((Alive) => {
  const activations = {
    relu: (sum) => (sum > 0 ? sum : 0),
    silu: (sum) => sum / (1 + Math.exp(-sum)),
  };

  // Stages from a plan such as [{kind: "conv", outputs: 8, size: 5}, {kind: "pool", size: 2}, …], with
  // weights of zero. A linear layer is a convolution whose kernel is as large as the maps.
  Alive.build = (plan) => {
    let [inputs, inputSide] = [1, 28];
    return plan.map((step) => {
      const stage = { stride: step.kind === "pool" ? step.size : 1, outputs: inputs, ...step, inputs, inputSide };
      stage.side = Math.floor((inputSide - stage.size) / stage.stride) + 1;
      const places = stage.side ** 2;
      stage.sums = new Float32Array(stage.outputs * places); // before the activation
      stage.output = stage.activation ? new Float32Array(stage.sums.length) : stage.sums;
      if (stage.kind === "conv") {
        stage.weight = new Float32Array(stage.outputs * inputs * stage.size ** 2);
        stage.bias = new Float32Array(stage.outputs);
        stage.patches = new Float32Array(places * inputs * stage.size ** 2);
      }
      if (stage.kind === "pool") stage.winners = new Int32Array(stage.sums.length);
      if (stage.kind === "dropout") stage.mask = new Float32Array(stage.sums.length).fill(1);
      [inputs, inputSide] = [stage.outputs, stage.side];
      return stage;
    });
  };

  // A network with the weights that write_parts.py stored, base64 of float32.
  Alive.stored = (plan) => {
    const stages = Alive.build(plan.map(({ weight, bias, ...step }) => step));
    plan.forEach(({ kind, weight, bias }, index) => {
      if (kind !== "conv") return;
      stages[index].weight = new Float32Array(Alive.bytes(weight).buffer);
      stages[index].bias = new Float32Array(Alive.bytes(bias).buffer);
    });
    return stages;
  };

  // The ten logits of an image with values from -1 to 1.
  Alive.forward = (stages, image) => {
    let input = image;
    for (const stage of stages) {
      stage.input = input;
      kinds[stage.kind](stage);
      if (stage.activation) activate(stage, activations[stage.activation]);
      input = stage.output;
    }
    return input;
  };

  Alive.softmax = (logits) => {
    const most = Math.max(...logits);
    const powers = Array.from(logits, (logit) => Math.exp(logit - most));
    const total = powers.reduce((sum, power) => sum + power);
    return powers.map((power) => power / total);
  };

  // Pixels from 0 to 255 as the networks get them: mean 0.5 and standard deviation 0.5, as in the lessons.
  Alive.normalised = (pixels) => Float32Array.from(pixels, (pixel) => (pixel / 255 - 0.5) / 0.5);

  function activate({ sums, output }, activation) {
    for (let i = 0; i < sums.length; i++) output[i] = activation(sums[i]);
  }

  const kinds = {
    // A convolution is a matrix product: every patch under the kernel becomes a row ("im2col").
    conv(stage) {
      takePatches(stage);
      multiply(stage.weight, stage.patches, stage.bias, stage.sums, stage.outputs, stage.side ** 2);
    },
    pool({ input, inputSide, outputs, size, side, sums, winners }) {
      let at = 0;
      for (let map = 0; map < outputs; map++)
        for (let y = 0; y < side; y++)
          for (let x = 0; x < side; x++, at++) {
            const corner = (map * inputSide + y * size) * inputSide + x * size;
            let winner = corner;
            for (let i = 0; i < size; i++)
              for (let j = 0; j < size; j++) {
                const other = corner + i * inputSide + j;
                if (input[other] > input[winner]) winner = other;
              }
            winners[at] = winner; // where the gradient will go
            sums[at] = input[winner];
          }
    },
    dropout({ input, mask, sums }) {
      for (let i = 0; i < sums.length; i++) sums[i] = input[i] * mask[i];
    },
  };

  function takePatches({ input, inputs, inputSide, size, stride, side, patches }) {
    let at = 0;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let map = 0; map < inputs; map++)
          for (let i = 0; i < size; i++) {
            const row = (map * inputSide + y * stride + i) * inputSide + x * stride;
            for (let j = 0; j < size; j++) patches[at++] = input[row + j];
          }
  }

  // sums (outputs, places) = weight (outputs, taps) times the patches (places, taps), plus the bias. Four
  // kernels and two patches at a time, so that each number that is read is used several times: about three
  // times as fast as one sum after the other, which is what remains for ten outputs at one place.
  function multiply(weight, patches, bias, sums, outputs, places) {
    const taps = weight.length / outputs, inBlocks = outputs % 4 === 0 && places % 2 === 0;
    for (let kernel = 0; inBlocks && kernel < outputs; kernel += 4)
      for (let place = 0; place < places; place += 2) {
        const a = kernel * taps, b = place * taps, at = kernel * places + place;
        let p0 = 0, p1 = 0, q0 = 0, q1 = 0, r0 = 0, r1 = 0, s0 = 0, s1 = 0;
        for (let tap = 0; tap < taps; tap++) {
          const first = patches[b + tap], second = patches[b + taps + tap];
          const p = weight[a + tap], q = weight[a + taps + tap];
          const r = weight[a + 2 * taps + tap], s = weight[a + 3 * taps + tap];
          p0 += p * first; p1 += p * second; q0 += q * first; q1 += q * second;
          r0 += r * first; r1 += r * second; s0 += s * first; s1 += s * second;
        }
        sums[at] = p0; sums[at + places] = q0; sums[at + 2 * places] = r0; sums[at + 3 * places] = s0;
        sums[at + 1] = p1; sums[at + places + 1] = q1; sums[at + 2 * places + 1] = r1; sums[at + 3 * places + 1] = s1;
      }
    for (let kernel = 0, at = 0; kernel < outputs; kernel++)
      for (let place = 0; place < places; place++, at++) {
        if (!inBlocks) sums[at] = 0;
        for (let tap = 0; !inBlocks && tap < taps; tap++)
          sums[at] += weight[kernel * taps + tap] * patches[place * taps + tap];
        sums[at] += bias[kernel];
      }
  }
});
