"""Exercise 5.5: load weights that were saved under older layer names."""

from mnist_lab.exercises.engine.model import Exercise, call
from mnist_lab.exercises.engine.whole_numbers import different_numbers

import torch


def with_new_names(weights, new_names):
    renamed = {}
    for name, tensor in weights.items():
        layer, _, kind = name.removeprefix("module.").rpartition(".")
        renamed[f"{new_names.get(layer, layer)}.{kind}"] = tensor
    return renamed


def older_files(generator):
    """Weights with their new names: plain, wrapped, one inside another, exchanged, nested, numbered."""
    numbers = iter(torch.arange(1.0, 40.0))

    def weights(*names):
        return {name: next(numbers).reshape(1) for name in names}

    first, second = (f"blocks.{number}" for number in different_numbers(generator, 2, 10, 40))
    return [
        call(weights("conv_1.weight", "conv_1.bias", "fc.weight"), {"conv_1": "conv1"}),
        call(weights("module.conv_1.weight", "module.conv_1.bias", "module.fc.bias"), {"conv_1": "conv1"}),
        call(weights("fc.weight", "fc_out.weight", "fc_out.bias"), {"fc": "hidden", "fc_out": "out"}),
        call(weights("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"), {"fc1": "fc2", "fc2": "fc1"}),
        call(weights("features.0.weight", "features.3.weight"), {"features.0": "conv1", "features.3": "c2"}),
        call(weights("submodule.out.weight", "model.bias"), {"model": "head"}),
        call(weights("module.weight_net.weight"), {"weight_net": "mixer"}),
        call(weights(f"module.{first}.bias", f"module.{second}.bias"), {first: "edges", second: "shapes"}),
    ]


def renamed_by(new_name):
    """Return a with_new_names that finds each new name by itself: new_name(name, new_names)."""
    return lambda weights, new_names: {new_name(name, new_names): weights[name] for name in weights}


def of_layer(name, new_names, *, prefix=str.removeprefix):
    layer, _, kind = prefix(name, "module.").rpartition(".")
    return f"{new_names.get(layer, layer)}.{kind}"


def replaced(name, new_names):
    name = name.removeprefix("module.")
    for old, new in new_names.items():
        name = name.replace(old, new)
    return name


def replaced_with_dot(name, new_names):
    name = name.removeprefix("module.")
    for old, new in new_names.items():
        name = name.replace(f"{old}.", f"{new}.")
    return name


def replaced_twice(name, new_names):
    name = name.replace("module.", "")
    for old, new in new_names.items():
        name = name.replace(old, new)
    return name


def begins_with(name, new_names):
    name = name.removeprefix("module.")
    for old, new in new_names.items():
        if name.startswith(old):
            return new + name[len(old) :]
    return name


def prefix_last(name, new_names):
    return of_layer(name, new_names, prefix=lambda name, _: name).removeprefix("module.")


def of_first_part(name, new_names):
    layer, _, rest = name.removeprefix("module.").partition(".")
    return f"{new_names.get(layer, layer)}.{rest}"


def one_after_another(weights, new_names):
    renamed = {name.removeprefix("module."): tensor for name, tensor in weights.items()}
    for old, new in new_names.items():
        for name in [name for name in renamed if name.rpartition(".")[0] == old]:
            renamed[f"{new}.{name.rpartition('.')[2]}"] = renamed.pop(name)
    return renamed


def only_renamed(weights, new_names):
    names = {name: name.removeprefix("module.").rpartition(".")[0] for name in weights}
    return {of_layer(name, new_names): weights[name] for name, layer in names.items() if layer in new_names}


def both_names(weights, new_names):
    plain = {name.removeprefix("module."): tensor for name, tensor in weights.items()}
    return plain | {of_layer(name, new_names): weights[name] for name in weights}


MISTAKES = (
    (renamed_by(replaced),
     "`replace` finds an old name anywhere, also inside another name and in a name that is new already. Cut "
     "the layer off and look it up whole."),
    (renamed_by(replaced_twice),
     "`replace` finds a text anywhere: `module.` inside `submodule.`, and an old name inside another one. "
     "`removeprefix` knows the beginning; look the layer up whole."),
    (renamed_by(replaced_with_dot),
     "Each `replace` works on the name that the one before has made, so a layer can be renamed twice. Cut "
     "the layer off and look it up once."),
    (renamed_by(lambda name, new_names: new_names.get(name, name)),
     "`new_names` holds layers, such as `conv_1`, and the dictionary's names go on: `conv_1.weight`. Look up "
     "the part before the last dot."),
    (renamed_by(lambda name, new_names: new_names.get(name, name).removeprefix("module.")),
     "The prefix is gone, but no layer got its new name: `new_names` holds layers without `.weight` and "
     "`.bias`. Look up the part before the last dot."),
    (renamed_by(lambda name, new_names: of_layer(name, new_names, prefix=lambda name, _: name)),
     "The `module.` in front, which `nn.DataParallel` adds, is still there. `removeprefix` takes it away."),
    (renamed_by(lambda name, names: of_layer(name, names, prefix=lambda n, p: n.replace(p, ""))),
     '`replace("module.", "")` cuts inside names, too, as in `submodule.out`. `removeprefix` takes away the '
     "beginning only."),
    (renamed_by(lambda name, new_names: of_layer(name, new_names, prefix=str.lstrip)),
     '`lstrip("module.")` takes away any of these letters, as long as there are some, so `model` loses '
     "everything. `removeprefix` takes away the whole word."),
    (renamed_by(lambda name, names: of_layer(name, names, prefix=lambda n, p: n[len(p) :])),
     "Seven letters are cut off every name, also where there is no `module.` in front. `removeprefix` looks "
     "first."),
    (renamed_by(prefix_last),
     "You look the layer up while `module.` still stands in front, and it is not found. Take the prefix away "
     "first."),
    (only_renamed, "Layers without a new name are lost. They keep the name they had: `new_names.get(layer, "
     "layer)`."),
    (renamed_by(lambda name, new_names: of_layer(name, new_names).rpartition(".")[0]),
     "The names end with the layer now, so its bias has overwritten its weight. Put the last part back "
     "behind the dot."),
    (renamed_by(lambda name, new_names: of_layer(name, new_names).rpartition(".")[0] + ".weight"),
     "Every name ends with `weight` now, so biases have overwritten weights. Keep the last part as it was."),
    (renamed_by(
         lambda name, new_names: of_layer(name, {new: old for old, new in new_names.items()})
     ),
     "You read `new_names` backwards: its keys are the old names and its values the new ones."),
    (one_after_another,
     "If you rename one layer after another, a layer that is already renamed can be met again or "
     "overwritten. Give each old entry its new name once, in a new dictionary."),
    (renamed_by(begins_with),
     "`fc_out` begins with `fc` but is another layer. Compare the whole layer, up to the last dot."),
    (renamed_by(of_first_part),
     "A layer inside another one has a dot in its name, such as `features.0`. Cut at the last dot, not at "
     "the first."),
    (both_names, "The old names are still there beside the new ones, and a strict load refuses names that it "
     "does not know. Each tensor appears once."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.5",
    title="Older names",
    kind="function",
    difficulty=2,
    minutes=7,
    points=3,
    reference=with_new_names,
    cases=older_files,
    why="Every layer is accounted for, so the load can stay strict: what does not fit is an error, not a "
    "layer that stays random.",
    hints=(
        "Build a new dictionary, one entry for each old one. Which part of a name is the layer, and which "
        "part must stay as it is?",
        'What stands before the last dot is the layer: `name.rpartition(".")` cuts there into three. '
        "`removeprefix` takes something away at the beginning only.",
        "`new_names.get(layer, layer)` gives the new name of a layer, or the old one if there is no new one. "
        "Then put the dot and the last part behind it.",
    ),
    mistakes=MISTAKES,
)
