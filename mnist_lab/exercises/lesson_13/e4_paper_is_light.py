"""Exercise 13.4: which of the two is the paper, the dark or the light?"""

from math import prod

from mnist_lab.exercises.engine.compare import kind_of
from mnist_lab.exercises.engine.model import Exercise
from mnist_lab.exercises.engine.whole_numbers import whole_number

import numpy as np
import torch


def paper_is_light(grey):
    darkest, brightest = int(grey.min()), int(grey.max())
    return bool(np.median(grey) > (darkest + brightest) / 2)


PHOTOS = {  # what it shows: greys of its paper, greys of its ink, width of the strokes in %, what else
    "Black ink on white paper": ((210, 235), (15, 40), 5, ""),
    "Black ink on white paper, in a dim room": ((85, 105), (10, 25), 5, ""),
    "Grey pencil on white paper": ((200, 225), (120, 140), 5, ""),
    "Thick black ink on white paper": ((150, 160), (5, 15), 22, ""),
    "Black ink on white paper, most of it in the shade": ((200, 230), (5, 15), 3, "shade"),
    "Black ink on white paper, in a black frame": ((190, 215), (20, 40), 5, "frame"),
    "Chalk on a blackboard": ((40, 60), (220, 240), 5, ""),
    "Chalk on a blackboard, in a dim room": ((10, 25), (90, 110), 5, ""),
    "Thick chalk on a blackboard": ((60, 75), (235, 250), 22, ""),
    "White pencil on grey paper": ((140, 155), (220, 240), 5, ""),
    "Chalk on a blackboard, most of it in the shade": ((60, 75), (225, 240), 3, "shade"),
    "Chalk on a blackboard, in a frame of chalk": ((35, 55), (205, 230), 5, "frame"),
}


def photos(generator):
    """Yield what each photo shows, whether its paper is light, and the photo, uint8 (H, W)."""
    for name, (papers, inks, width, more) in PHOTOS.items():
        height, breadth = (whole_number(generator, 48, 72) for _ in range(2))
        photo = torch.full((height, breadth), float(whole_number(generator, *papers)))
        if more == "shade":
            photo[:, : breadth * whole_number(generator, 55, 60) // 100] *= 0.75
        ink = whole_number(generator, *inks)
        down, across = (max(2, width * side // 100) for side in photo.shape)
        top, left = height // 8, whole_number(generator, breadth // 8, breadth // 2)
        photo[top : top + down, breadth // 8 : -breadth // 8] = ink
        photo[top : -height // 8, left : left + across] = ink
        if more == "frame":
            photo[:3] = photo[-3:] = photo[:, :3] = photo[:, -3:] = ink
        grain = torch.randint(-4, 5, photo.shape, generator=generator)
        yield name, papers > inks, (photo + grain).clamp(0, 255).to(torch.uint8).numpy()


def on_photos(answer, generator):
    """Return what an answer says wrong about photos, a sentence each."""
    faults = []
    for name, light, photo in photos(generator):
        given = photo.copy()
        came = answer(given)
        if isinstance(came, torch.Tensor | np.ndarray | np.generic) and prod(came.shape) == 1:
            came = came.item()
        if not isinstance(came, bool):
            return [f"True or False was expected, and {kind_of(came)} came."]
        faults += [f"{name}: {came} came."] if came != light else []
        faults += [] if np.array_equal(given, photo) else ["The photo that was given is not as it was."]
    return list(dict.fromkeys(faults))


def mean_of_corners(grey):
    return grey[[0, 0, -1, -1], [0, -1, 0, -1]].mean()


RULE, DARKEST = "np.median(grey) > (darkest + brightest) / 2", "int(grey.min()), int(grey.max())"

MISTAKES = (
    (RULE, "True", "That says light of every photo. Who inverts by habit turns a blackboard into a white "
     "one: look at the greys first."),
    (RULE, "False", "That says dark of every photo. But most photos are of ink on white paper."),
    (RULE, "grey.mean() > 128",
     "No constant such as 128 will do: in a dim room white paper lies below it. And much ink pulls the "
     "mean towards itself. Compare the paper with the greys of this very photo."),
    (RULE, "np.median(grey) > 128",
     "No constant such as 128 will do: white paper in a dim room lies below it, and grey paper above. "
     "The median is the paper's grey: compare it with the ends of this very photo."),
    (RULE, "brightest > 128",
     "A photo nearly always has something bright in it, and on a blackboard it is the chalk. What does "
     "most of the photo look like?"),
    (RULE, "mean_of_corners(grey) > 128",
     "No constant such as 128 will do: white paper in a dim room lies below it. And the corners need not "
     "be paper, where there is a frame."),
    (RULE, "mean_of_corners(grey) > (darkest + brightest) / 2",
     "It goes wrong where there is a frame. The corners need not be paper: what does most of the photo "
     "look like?"),
    (RULE, RULE.replace(">", "<"),
     "All answers are the wrong way round: where most of the photo is nearer to its brightest grey, the "
     "paper is light."),
    (DARKEST, "grey.min(), grey.max()",
     "It goes wrong where the darkest and the brightest grey add up to more than 255, as if they were "
     "added as bytes, which begin again at 0. Make `int` of both first."),
    (RULE, "grey.mean() < np.median(grey)",
     "Only shade on white paper deceives it. Did you compare mean and median? Ink pulls them apart, and "
     "light and shade pull more. Which end of the greys is further from the paper?"),
    (RULE, "grey.mean() > np.median(grey)",
     "It goes wrong without any shade. Did you compare mean and median? Dark ink pulls the mean down, "
     "and shade pulls, too. Which end of the greys is further from the paper?"),
    (f"bool({RULE})", "grey > (darkest + brightest) / 2",
     "An array came. Perhaps it says light or dark of each pixel: one answer is asked for the whole. "
     "What are most of them?"),
)  # fmt: skip


EXERCISE = Exercise(
    id="13.4",
    title="Dark on light, or light on dark?",
    difficulty=2,
    minutes=5,
    points=2,
    reference=paper_is_light,
    probe=on_photos,
    why="Most of a photo is paper, so its median is the paper's grey. The ink lies at the end that is "
    "further away from it, however dim the room is.",
    hints=(
        "What is there more of in a photo, paper or ink? A number that tells the grey of most pixels is "
        "the median.",
        "The ink is as far from the paper as anything gets. Is that the darkest grey of the photo, or "
        "the brightest?",
        "If the paper is nearer to the brightest grey than to the darkest, it is light. Take care with "
        "bytes: 200 + 100 is 44 for them, so use `int`.",
    ),
    mistakes=MISTAKES,
)
