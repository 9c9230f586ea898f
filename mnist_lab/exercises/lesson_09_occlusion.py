"""Lesson 09: by how much the score drops where a square hides the image."""

from mnist_lab.exercises.lesson_09_cover import (
    cover_all_but,
    cover_exchanged,
    cover_in_place,
    cover_rows,
    never_uncovered,
    occlusion_map,
    only_steps,
    variant,
    what_is_covered,
    with_background,
    with_size,
    without_batch,
)
from mnist_lab.exercises.model import Exercise, Mistake

EXERCISES = [
    Exercise(
        id="9.7",
        title="An occlusion map",
        kind="function",
        difficulty=3,
        minutes=9,
        points=3,
        reference=occlusion_map,
        probe=what_is_covered,
        why="Unlike a gradient this is an experiment: something was really taken away. It still says "
        "what the score depends on, not why.",
        hints=(
            "A loop within a loop over the places where a square may start, as for a convolution without "
            "padding. In each round: copy, hide, score, subtract.",
            "`range(0, height - size + 1, stride)` starts at every place where the square still fits.",
            "The score of an image is `model(image.unsqueeze(0))[0, target]`: one number, always of the same "
            "class.",
            "`with torch.inference_mode():` around it all, and in the inner loop a new `image.clone()` "
            "for each square.",
        ),
        mistakes=(
            Mistake(
                variant(tracked=True),
                "The numbers are right, but each of them holds on to its graph: for every square the whole "
                "network. Put `with torch.inference_mode():` around all of it.",
            ),
            Mistake(
                variant(cover=with_background(lambda image, background: 0)),
                "You hide with 0. After a normalisation with 0.5 and 0.5 background is −1, and 0 is "
                "grey: a new shape in the image. Use `background`.",
            ),
            Mistake(
                variant(cover=with_background(lambda image, background: -1)),
                "−1 is black for one normalisation only. The function is told which number hides: "
                "`background`.",
            ),
            Mistake(
                variant(cover=with_background(lambda image, background: image.min())),
                "The smallest value need not be the background: an image may have none. The function is told "
                "which number hides: `background`.",
            ),
            Mistake(
                variant(cover=with_background(lambda image, background: image.mean())),
                "The mean of an image is some grey, and another one each time. The function is told which "
                "number hides: `background`.",
            ),
            Mistake(
                variant(keep=lambda whole, now: now - whole),
                "The sign is the wrong way round. A drop is before minus after, positive where the "
                "hidden part spoke for the class.",
            ),
            Mistake(
                variant(keep=lambda whole, now: now),
                "These are the scores with a part hidden. A map of drops subtracts them from the score "
                "of the whole image.",
            ),
            Mistake(
                variant(keep=lambda whole, now: (whole - now).abs()),
                "The sign got lost. Where hiding helps, the part spoke against the class, and the drop is "
                "negative.",
            ),
            Mistake(
                variant(keep=lambda whole, now: (whole - now).relu()),
                "You cut below zero. A negative drop is a finding, too: the hidden part spoke against "
                "the class.",
            ),
            Mistake(
                variant(keep=lambda whole, now: (whole - now) / whole),
                "You divided by the score of the whole image. A logit has no natural zero, so only "
                "differences mean something: subtract.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: scores.softmax(dim=0)[target]),
                "You followed the probability. That can be done; here the logit is asked for, which does not "
                "hide a drop behind the other classes.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: scores.log_softmax(dim=0)[target]),
                "You followed the log-probability, in which all classes have a share. Here the logit of the "
                "target is asked for.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: scores.max()),
                "You took the largest score each time. Once a part is hidden, that may be another "
                "class's; stay with `target`.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: scores[whole.argmax()]),
                "You followed the class that the network chose. Asked is about `target`, which may be "
                "another.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: (scores.argmax() == target).float()),
                "You noted whether the answer changes. Most squares change the score without changing the "
                "answer, so follow the score.",
            ),
            Mistake(
                variant(score=lambda scores, target, whole: scores.sum()),
                "You added the scores of all classes. Asked is about one of them, `target`.",
            ),
            Mistake(
                variant(cover=cover_in_place),
                "You wrote into the image itself: each square stays, and whoever gave you the image has "
                "lost it. Clone it anew for each square.",
            ),
            Mistake(
                never_uncovered,
                "One copy for all squares: each of them stays when the next one comes. Clone the image "
                "inside the inner loop.",
            ),
            Mistake(
                variant(cover=cover_all_but),
                "You hid everything but the square. Only the square is to be hidden.",
            ),
            Mistake(
                variant(cover=cover_rows),
                "You hid whole rows. The image has three axes: `hidden[:, top : top + size, left : left "
                "+ size]`.",
            ),
            Mistake(
                variant(cover=cover_exchanged),
                "Rows and columns are exchanged: in `image[:, row, column]` the row comes first.",
            ),
            Mistake(
                variant(end=lambda drops: drops.T.contiguous()),
                "The map is on its side: rows of the map belong to `top`, its columns to `left`.",
            ),
            Mistake(
                variant(cover=with_size(lambda size, stride: stride)),
                "Your square is as large as the stride. `size` says how large it is, `stride` how far it "
                "moves.",
            ),
            Mistake(
                variant(cover=with_size(lambda size, stride: size + 1)),
                "Your square is one pixel too large. A slice ends before its second number: `top : top + "
                "size`.",
            ),
            Mistake(
                variant(cover=with_size(lambda size, stride: size - 1)),
                "Your square is one pixel too small. A slice ends before its second number: `top : top + "
                "size`.",
            ),
            Mistake(
                variant(starts=lambda length, size, stride: range(length - size + 1)),
                "The stride is ignored: the square moves by one pixel each time, instead of by `stride`.",
            ),
            Mistake(
                variant(starts=lambda length, size, stride: range(0, length - size + 1, size)),
                "You move by `size`, so that the squares lie side by side. They are to move by `stride` "
                "and may overlap.",
            ),
            Mistake(
                only_steps,
                "The number of squares is right, but the third one starts at 2 whatever the stride. It "
                "starts at 2 times `stride`.",
            ),
            Mistake(
                variant(starts=lambda length, size, stride: range(0, length - size, stride)),
                "The last squares are lost, below and on the right: a range ends before its second number. "
                "`length - size` is a start, too.",
            ),
            Mistake(
                variant(starts=lambda length, size, stride: range(0, length, stride)),
                "Your last squares reach beyond the edge and hide less than the others. The last start is "
                "`length - size`.",
            ),
            Mistake(
                without_batch,
                "The network expects a batch: `image.unsqueeze(0)` makes one of a single image.",
            ),
        ),
    ),
]
