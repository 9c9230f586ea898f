"""Exercise 5.5: load weights that were saved under older layer names."""

from functools import partial

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
    """Weights with their new names: plain, wrapped, one inside another, exchanged, nested, deep, numbered."""
    numbers = iter(torch.arange(1.0, 40.0))

    def weights(*names):
        return {name: next(numbers).reshape(1) for name in names}

    numbered = different_numbers(generator, 2, 10, 40)
    first, second = (f"blocks.{number}" for number in numbered)
    deep, norm = f"{second}.layers.{numbered[0]}.norm", f"norm{numbered[1]}"
    return [
        call(weights("conv_1.weight", "conv_1.bias", "fc.weight"), {"conv_1": "conv1"}),
        call(weights("module.conv_1.weight", "module.conv_1.bias", "module.fc.bias"), {"conv_1": "conv1"}),
        call(weights("fc.weight", "fc_out.weight", "fc_out.bias"), {"fc": "hidden", "fc_out": "out"}),
        call(weights("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"), {"fc1": "fc2", "fc2": "fc1"}),
        call(weights("features.0.weight", "features.3.weight"), {"features.0": "conv1", "features.3": "c2"}),
        call(weights("submodule.out.weight", "model.bias"), {"model": "head"}),
        call(weights("module.weight_net.weight"), {"weight_net": "mixer"}),
        call(weights("conv.bias", "deconv.bias", "block.conv.bias"), {"conv": "c2"}),
        call(weights(f"{deep}.weight", f"{deep}.running_mean", f"{first}.bias"), {deep: norm}),
        call(weights(f"module.{first}.bias", f"module.{second}.bias"), {first: "edges", second: "shapes"}),
    ]


def renamed_by(new_name):
    """Return a with_new_names that makes each name by new_name(name, new_names)."""
    return lambda weights, new_names: {new_name(name, new_names): weights[name] for name in weights}


def replaced(name, new_names, *, dot=""):
    name = name.removeprefix("module.")
    for old, new in new_names.items():
        name = name.replace(f"{old}{dot}", f"{new}{dot}")
    return name


def begins_with(name, new_names):
    name = name.removeprefix("module.")
    for old, new in new_names.items():
        if name.startswith(old):
            return new + name[len(old) :]
    return name


def one_after_another(weights, new_names):
    renamed = {name.removeprefix("module."): tensor for name, tensor in weights.items()}
    for old, new in new_names.items():
        for name in [name for name in renamed if name.rpartition(".")[0] == old]:
            renamed[f"{new}.{name.rpartition('.')[2]}"] = renamed.pop(name)
    return renamed


WITHOUT_PREFIX = 'name.removeprefix("module.")'
NEW_NAME = 'f"{new_names.get(layer, layer)}.{kind}"'

MISTAKES = (
    (renamed_by(replaced), "`replace` finds an old name anywhere, also inside another name and in a name "
     "that is new already. Cut the layer off and look it up whole."),
    (renamed_by(lambda name, new_names: replaced(name.replace("module.", ""), new_names)),
     "`replace` finds a text anywhere: `module.` inside `submodule.`, and an old name inside another one. "
     "`removeprefix` knows the beginning; look the layer up whole."),
    (renamed_by(partial(replaced, dot=".")),
     "Each `replace` works on the name that the one before has made, so a layer can be renamed twice. Cut "
     "the layer off and look it up once."),
    (NEW_NAME, "new_names.get(name, name)",
     "`new_names` holds layers, such as `conv_1`, and the dictionary's names go on: `conv_1.weight`. Look up "
     "the part before the last dot."),
    (NEW_NAME, 'new_names.get(name, name).removeprefix("module.")',
     "The prefix is gone, but no layer got its new name: `new_names` holds layers without `.weight` and "
     "`.bias`. Look up the part before the last dot."),
    (WITHOUT_PREFIX, "name",
     "The `module.` in front, which `nn.DataParallel` adds, is still there. `removeprefix` takes it away."),
    (WITHOUT_PREFIX, 'name.replace("module.", "")',
     '`replace("module.", "")` cuts inside names, too, as in `submodule.out`. `removeprefix` takes away the '
     "beginning only."),
    (WITHOUT_PREFIX, 'name.lstrip("module.")',
     '`lstrip("module.")` takes away any of these letters, as long as there are some, so `model` loses '
     "everything. `removeprefix` takes away the whole word."),
    (WITHOUT_PREFIX, "name[7:]",
     "Seven letters are cut off every name, also where there is no `module.` in front. `removeprefix` looks "
     "first."),
    ({WITHOUT_PREFIX: "name", NEW_NAME: f'{NEW_NAME}.removeprefix("module.")'},
     "You look the layer up while `module.` still stands in front, and it is not found. Take the prefix away "
     "first."),
    ("renamed[", "if layer in new_names:\n            renamed[",
     "Layers without a new name are lost. They keep the name they had: `new_names.get(layer, layer)`."),
    (NEW_NAME, "new_names.get(layer, layer)",
     "The names end with the layer now, so its bias has overwritten its weight. Put the last part back "
     "behind the dot."),
    (NEW_NAME, 'f"{new_names.get(layer, layer)}.weight"',
     "Every name ends with `weight` now, so biases have overwritten weights. Keep the last part as it was."),
    ("renamed = {}", "renamed, new_names = {}, {new: old for old, new in new_names.items()}",
     "You read `new_names` backwards: its keys are the old names and its values the new ones."),
    (one_after_another, "If you rename one layer after another, a layer that is already renamed can be met "
     "again or overwritten. Give each old entry its new name once, in a new dictionary."),
    (renamed_by(begins_with),
     "`fc_out` begins with `fc` but is another layer. Compare the whole layer, up to the last dot."),
    (".rpartition", ".partition",
     "A layer inside another one has a dot in its name, such as `features.0`. Cut at the last dot, not at "
     "the first."),
    ("return renamed", f"return {{{WITHOUT_PREFIX}: weights[name] for name in weights}} | renamed",
     "The old names are still there beside the new ones, and a strict load refuses names that it does not "
     "know. Each tensor appears once."),
)  # fmt: skip


EXERCISE = Exercise(
    id="5.5",
    title="Older names",
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
