"""Answers to lesson 10 that nearly pass, and right ones of another kind."""

import random
import statistics
from string import ascii_uppercase

from mnist_lab.analysis.glyphs import font_glyphs
from mnist_lab.checkpoints import save_checkpoint
from mnist_lab.evidence import sampling_floor
from mnist_lab.exercises.lesson_10.e5_model_in_file import train_letters
from mnist_lab.models import SimpleCNN

import numpy as np
import torch
from torch import nn

# 10.2: a line for a report


def line(mean, *, spread=statistics.stdev, floor=sampling_floor, digits=1):
    def report(scores, num_images):
        middle, lower = mean(scores), floor(statistics.mean(scores), num_images)
        tail = f"{100 * spread(scores):.1f} (n = {len(scores)}), floor {100 * lower:.2f}"
        return f"{100 * middle:.{digits}f} ± {tail}"

    return report


# 10.4: a split by font


def dealt(order, *, kind=list):
    """Return a split that puts the names of the fonts into the order(names, seed), and cuts."""

    def split_glyphs(fonts, *, num_validation, num_test, seed):
        names = order(sorted(set(fonts)), seed)
        cut = num_test + num_validation
        parts = names[cut:], names[num_test:cut], names[:num_test]
        return [kind([i for i, font in enumerate(fonts) if font in part]) for part in parts]

    return split_glyphs


def shuffled(names, seed):
    return random.Random(seed).sample(names, len(names))


def by_torch(names, seed):
    order = torch.randperm(len(names), generator=torch.Generator().manual_seed(seed))
    return [names[place] for place in order]


def by_numpy(names, seed):
    return list(map(str, np.random.default_rng(seed).permutation(names)))


def by_global_seed(names, seed):
    random.seed(seed)
    random.shuffle(names)
    return names


def turned(names, seed):
    return names[seed % len(names) :] + names[: seed % len(names)]


def of_known_fonts(fonts, *, num_validation, num_test, seed):
    names = ["Mono", "Serif", "Sans", "Script", "Bold", "Italic", "Slab", "Round", "Wide"]
    return dealt(lambda _, seed: shuffled(names, seed))(
        fonts, num_validation=num_validation, num_test=num_test, seed=seed
    )


def of_ten_letters(fonts, *, num_validation, num_test, seed):
    order = shuffled(range(len(fonts) // 10), seed)
    blocks = [list(range(10 * block, 10 * block + 10)) for block in order]
    cut = num_test + num_validation
    return [
        [place for block in part for place in block]
        for part in (blocks[cut:], blocks[num_test:cut], blocks[:num_test])
    ]


def without_the_last(fonts, **options):
    train, validation, test = dealt(shuffled)(fonts, **options)
    return train[:-1], validation, test


def of_two_and_three(fonts, *, num_validation, num_test, seed):
    return dealt(shuffled)(fonts, num_validation=2, num_test=3, seed=seed)


def only_first_call(fonts, *, num_validation, num_test, seed, kept=[]):  # noqa: B006, it is to be kept
    kept.append(seed)
    return dealt(shuffled)(fonts, num_validation=num_validation, num_test=num_test, seed=kept[0])


# 10.5: a network in a file


def written(*, letters=lambda given: given, fonts=lambda given: given, epochs=lambda given: given):
    """Return the right training with something else in place of what was given."""

    def answer(path, given, names, *, num_epochs, seed):
        train_letters(path, letters(given), fonts(names), num_epochs=epochs(num_epochs), seed=seed)

    return answer


def by_hand(path, letters, fonts, *, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model, images = SimpleCNN(), font_glyphs(letters, fonts=fonts, mean=0.2, std=0.3)
    labels = torch.tensor([number for _ in fonts for number in range(len(letters))])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.002)
    for epoch in range(num_epochs):
        for places in torch.randperm(len(images), generator=generator).split(10):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[places]), labels[places]).backward()
            optimizer.step()
        print(epoch)
    save_checkpoint(path, model, digits="capitals", mean=0.2, std=0.3, classes=list(letters))


def untrained(path, letters, fonts, *, num_epochs, seed):
    torch.manual_seed(seed)
    model = SimpleCNN()
    model(font_glyphs(letters, fonts=fonts, mean=0.5, std=0.5))
    save_checkpoint(path, model, digits="letters", mean=0.5, std=0.5, classes=letters)


# 10.6: an honest claim


def claiming(*, score=statistics.mean, spread=statistics.stdev, floor=sampling_floor, fonts=list):
    def claim(runs, *, letters, test_fonts):
        def scores(recipe, kind):
            return [run[kind] for run in runs[recipe]]

        recipe = max(runs, key=lambda name: score(scores(name, "validation")))
        test = scores(recipe, "test")
        below = floor(statistics.mean(test), len(letters) * len(test_fonts))
        result = {"fonts": fonts(test_fonts), "recipe": recipe, "n": len(test)}
        return result | {"mean": np.mean(test), "spread": spread(test), "floor": below}

    return claim


RIGHT = {
    "10.2": [
        line(statistics.mean),
        line(np.mean),
        line(lambda s: torch.tensor(s, dtype=torch.double).mean()),
    ],
    "10.4": [
        *map(dealt, (shuffled, by_torch, by_numpy, by_global_seed, turned)),
        dealt(shuffled, kind=torch.tensor),
        dealt(shuffled, kind=set),
    ],
    "10.5": [by_hand],
    "10.6": [claiming(), claiming(score=np.mean, spread=lambda test: np.std(test, ddof=1), fonts=tuple)],
}
WRONG = {
    "10.2": [
        line(max),
        line(statistics.median),
        line(statistics.mean, spread=statistics.pstdev),
        line(statistics.mean, digits=2),
        line(statistics.mean, floor=lambda mean, n: sampling_floor(0.97, n)),
        line(statistics.mean, floor=lambda mean, n: sampling_floor(mean, 1000)),
    ],
    "10.4": [
        of_known_fonts,
        of_ten_letters,
        without_the_last,
        of_two_and_three,
        only_first_call,
        dealt(lambda names, seed: names),
        dealt(lambda names, seed: shuffled(names, seed % 2)),
        dealt(lambda names, seed: shuffled(names, min(seed, 3))),
        dealt(lambda names, seed: shuffled(names, random.random())),
        dealt(lambda names, seed: shuffled(names, hash(names[0]) + seed)),
        dealt(shuffled, kind=lambda part: part[::-1][1:]),
    ],
    "10.5": [
        untrained,
        written(letters=lambda given: "RAEHKSTMXG"),
        written(letters=lambda given: ascii_uppercase[:10]),
        written(fonts=lambda given: given[:2]),
        written(epochs=lambda given: 8),
        written(epochs=lambda given: 1),
    ],
    "10.6": [
        claiming(score=max),
        claiming(score=statistics.median),
        claiming(spread=statistics.pstdev),
        claiming(floor=lambda mean, n: sampling_floor(mean, 50)),
        claiming(floor=lambda mean, n: sampling_floor(0.9, n)),
        claiming(fonts=len),
    ],
}
