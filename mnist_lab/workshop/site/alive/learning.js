// Backward through the network of network.js, and a step of Adam (lessons 02 and 05): what autograd and
// torch.optim do. Every gradient here is compared with autograd's in tests/workshop/test_alive.py.

Alive.part((Alive) => {
  // Weights and biases as PyTorch starts them: uniform, within one over the root of the taps of a kernel.
  Alive.startWeights = (stages, random) => {
    for (const stage of stages.filter((stage) => stage.kind === "conv")) {
      const bound = 1 / Math.sqrt(stage.taps.length);
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

  // The same, and adds the gradients of the loss to the batch's. By the chain rule, from the last stage to the
  // first, the gradient for a stage's output becomes that for its input, the output of the stage before.
  Alive.learnFrom = (stages, image, label) => {
    const judged = Alive.judge(stages, image, label);
    let gradient = Float32Array.from(judged.probabilities); // for the logits: p, less 1 at the label
    gradient[label] -= 1;
    for (const stage of [...stages].reverse()) {
      if (stage.activation === "relu")
        for (let i = 0; i < gradient.length; i++) if (stage.sums[i] <= 0) gradient[i] = 0;
      stage.inputGradient ??= new Float32Array(stage.input.length);
      stage.inputGradient.fill(0);
      kinds[stage.kind](stage, gradient);
      gradient = stage.inputGradient;
    }
    return judged;
  };

  const kinds = {
    // Only the pixel that won gets a gradient, so three of four are zero, and conv leaves them out.
    pool({ winners, inputGradient }, gradient) {
      for (let i = 0; i < gradient.length; i++) inputGradient[winners[i]] += gradient[i];
    },
    dropout({ mask, inputGradient }, gradient) {
      for (let i = 0; i < gradient.length; i++) inputGradient[i] = gradient[i] * mask[i];
    },
    // A sum is weight times pixel: for the weight its slope is the pixel, for the pixel it is the weight. A
    // pixel lies under a kernel at many places, whose gradients add up.
    conv({ input, outputs, weight, corners, taps, parameters, inputGradient }, gradient) {
      const [ofWeight, ofBias] = parameters.map((parameter) => parameter.gradient);
      for (let kernel = 0, place = 0; kernel < outputs; kernel++)
        for (const corner of corners) {
          const slope = gradient[place++];
          if (slope === 0) continue;
          ofBias[kernel] += slope;
          for (let tap = 0, at = kernel * taps.length; tap < taps.length; tap++, at++) {
            const pixel = corner + taps[tap];
            ofWeight[at] += slope * input[pixel];
            inputGradient[pixel] += slope * weight[at];
          }
        }
    },
  };

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
