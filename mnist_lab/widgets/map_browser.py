"""Lesson 01: what every layer of a network makes of a digit."""

from mnist_lab.anatomy import layer_outputs, trace_shapes
from mnist_lab.plots.explored import layer_output
from mnist_lab.widgets.convolution_explorer import as_images
from mnist_lab.widgets.explorer import Choice, Explorer, Slider


def feature_map_browser(models, images, *, digit=0, layer=0):
    """Return a widget: a network, a digit and a layer; the digit and what the layer puts out for it.

    models is a dict of name: model, all of one build; images are (N, 1, H, W), as the models take
    them. layer counts the calls of layers from 0.
    """
    images = as_images(images)[:, None]
    if not isinstance(models, dict) or not models:
        came = "an empty one" if isinstance(models, dict) else type(models).__name__
        raise ValueError(f"expected a dict of name: model, such as {{'trained': model}}, but got {came}.")
    rows = trace_shapes(next(iter(models.values())), (1, *images.shape[1:]))
    layers = {f"{place + 1}. {row.name}: {size_of(row.shape)}": place for place, row in enumerate(rows)}

    def draw(network, digit, layer):
        output = layer_outputs(models[network], images[digit][None])[layer][0]
        row, dead = rows[layer], (output.flatten(1) == 0).all(1).sum() if output.dim() == 3 else 0
        words = (
            f"{network}, layer {layer + 1} ({row.name}, {row.kind}): {size_of(row.shape)}, values from "
            f"{output.min():.2f} to {output.max():.2f}; {int(dead)} maps are all zero."
        )
        title = f"{network}: what layer {layer + 1}, {row.name}, makes of digit {digit}"
        return layer_output(images[digit], output, name=size_of(row.shape), title=title), words

    controls = {
        "network": Choice("Network", list(models), next(iter(models))),
        "digit": Slider("Digit", 0, len(images) - 1, digit),
        "layer": Choice("Layer", layers, layer),
    }
    how = "Choose a network, a digit and a layer, and see what the layer puts out."
    return Explorer(draw, controls, name="Feature-map browser", css="maps", how=how)


def size_of(shape):
    """Return the shape of an output, its batch left out, in words."""
    _, channels, *sides = shape
    return f"{channels} maps of {sides[0]} × {sides[1]}" if len(sides) == 2 else f"{channels} numbers"
