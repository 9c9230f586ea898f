// Backward through the network of network.js, and a step of Adam (lessons 02 and 05): what autograd and
// torch.optim do. Every gradient here is compared with autograd's in tests/workshop/test_alive.py.

Alive.part((Alive) => {
  // Weights and biases as PyTorch starts them: uniform, within one over the root of the taps of a kernel.
  Alive.startWeights = (stages, random) => {
    for (const stage of stages.filter((stage) => stage.kind === "conv")) {
      const bound = 1 / Math.sqrt(stage.inputs * stage.size ** 2);
      const zeros = (values) => new Float32Array(values.length);
      stage.parameters = [stage.weight, stage.bias].map((values) =>
        ({ values, gradient: zeros(values), mean: zeros(values), square: zeros(values) }));
      for (const { values } of stage.parameters)
        for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random() - 1);
    }
  };

  // The loss of one image in nats, whether the answer is right, and the probabilities.
  Alive.judge = (stages, image, label) => {
    const probabilities = Alive.softmax(Alive.forward(stages, image));
    const right = probabilities.indexOf(Math.max(...probabilities)) === label;
    return { loss: -Math.log(Math.max(probabilities[label], 1e-12)), right, probabilities };
  };

  // The same, and adds the gradients of the loss to those of the batch.
  Alive.learnFrom = (stages, image, label) => {
    const judged = Alive.judge(stages, image, label);
    const gradient = Float32Array.from(judged.probabilities); // for the logits: p, less 1 at the label
    gradient[label] -= 1;
    Alive.backward(stages, gradient);
    return judged;
  };

  // The chain rule, from the last stage to the first: each turns the gradient for its output into the one
  // for its input, which is the output of the stage before.
  Alive.backward = (stages, gradient) => {
    for (let last = stages.length - 1; last >= 0; last--) {
      const stage = stages[last];
      if (stage.activation === "relu")
        for (let i = 0; i < gradient.length; i++) if (stage.sums[i] <= 0) gradient[i] = 0;
      stage.inputGradient ??= new Float32Array(stage.input.length);
      stage.inputGradient.fill(0);
      kinds[stage.kind](stage, gradient, last > 0);
      gradient = stage.inputGradient;
    }
  };

  const kinds = {
    // Only the pixel that won gets a gradient, so three of four are zero, and conv leaves them out.
    pool({ winners, inputGradient }, gradient) {
      for (let i = 0; i < gradient.length; i++) inputGradient[winners[i]] += gradient[i];
    },
    dropout({ mask, inputGradient }, gradient) {
      for (let i = 0; i < gradient.length; i++) inputGradient[i] = gradient[i] * mask[i];
    },
    // A sum is weight times patch: for the weight its slope is the patch, for the patch it is the weight.
    conv(stage, gradient, inputIsWanted) {
      const { weight, patches, outputs, parameters: [ofWeight, ofBias] } = stage;
      const taps = weight.length / outputs, places = stage.side ** 2;
      const row = (stage.row ??= new Float32Array(taps)); // the gradient of one patch
      for (let place = 0; place < places; place++) {
        row.fill(0);
        for (let kernel = 0; kernel < outputs; kernel++) {
          const slope = gradient[kernel * places + place];
          if (slope === 0) continue;
          ofBias.gradient[kernel] += slope;
          addTo(ofWeight.gradient, kernel * taps, patches, place * taps, slope, taps);
          if (inputIsWanted) addTo(row, 0, weight, kernel * taps, slope, taps);
        }
        if (inputIsWanted) putBack(stage, row, place);
      }
    },
  };

  function addTo(sums, at, values, from, factor, number) {
    for (let i = 0; i < number; i++) sums[at + i] += factor * values[from + i];
  }

  // The way back of takePatches: a pixel lies in many patches, and their gradients add up.
  function putBack({ inputs, inputSide, size, stride, side, inputGradient }, row, place) {
    const y = Math.floor(place / side) * stride, x = (place % side) * stride;
    let at = 0;
    for (let map = 0; map < inputs; map++)
      for (let i = 0; i < size; i++) {
        const start = (map * inputSide + y + i) * inputSide + x;
        for (let j = 0; j < size; j++) inputGradient[start + j] += row[at++];
      }
  }

  // One step of Adam (Kingma and Ba, 2015) with the mean gradient of a batch; the gradients are zero then.
  Alive.adam = (stages, { rate, batchSize, step }) => {
    const [keepMean, keepSquare] = [0.9, 0.99];
    const forMean = 1 - keepMean ** step, forSquare = 1 - keepSquare ** step;
    for (const stage of stages)
      for (const { values, gradient, mean, square } of stage.parameters ?? []) {
        for (let i = 0; i < values.length; i++) {
          const slope = gradient[i] / batchSize;
          mean[i] += (1 - keepMean) * (slope - mean[i]);
          square[i] += (1 - keepSquare) * (slope * slope - square[i]);
          values[i] -= (rate * (mean[i] / forMean)) / (Math.sqrt(square[i] / forSquare) + 1e-8);
        }
        gradient.fill(0);
      }
  };
});
