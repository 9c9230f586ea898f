"""Exercise 12.2: the gradient of two unequal shards, by hand."""

from mnist_lab.exercises.engine.model import Exercise

# Shard A holds images with the gradients 4, 12, -1, shard B one with 9. The weight is 2, the rate 0.5.
RIGHT = (5.0, 9.0, 6.0, -1.0)

MISTAKES = (
    ((5, 9, 7, -1.5),
     "That is the mean of the two means: B's one image counts as much as A's three together. Weight each "
     "shard by its samples."),
    ((5, 9, 14, -5),
     "The means were added. A sum in place of a mean is as if the rate were multiplied by the number of "
     "processes, the world size."),
    ((15, 9, 24, -10),
     "These are sums. The loss of a batch is a mean over its images, so its gradient is one, too: divide by "
     "the number of images."),
    ((5, 9, 24, -10),
     "The shards are weighted by their samples, but the sum was not divided: there are four images in all."),
    ((15, 9, 6, -1), "The last two are right. The first two are means over the images of a shard, not sums."),
    ((15, 9, 12, -4),
     "The sums of the shards were divided by two, the number of shards. There are four images."),
    ((5, 9, 12, -4),
     "The shards are weighted by their samples, but the sum was divided by two, the number of shards. There "
     "are four images."),
    ((5, 9, 3.5, 0.25),
     "The two means were added and divided by four. Either add up all four gradients, or count A's mean "
     "three times."),
    ((5, 9, 8, -2), "The weights are exchanged: it is A that has three images, and B that has one."),
    ((17 / 3, 9, 6.5, -1.25), "The third gradient of A is −1, not 1: it pulls the mean down."),
    ((5, 9, 6, 5), "The step went uphill. It goes against the gradient: 2 − 0.5 · 6."),
    ((5, 9, 6, -4), "The rate was forgotten in the step: 2 − 0.5 · 6."),
    ((5, 9, 6, 3), "The last number is how far the weight moves. Where is it then? It was at 2, and it goes "
     "against the gradient."),
    ((5, 9, 6, -3), "The last number is the step itself. The weight was at 2 before."),
    ((5, 9, 6, -1.5),
     "The gradient is right, but the weight went along the mean of the two means: 2 − 0.5 · 7. Both shards "
     "take the step of the whole batch."),
    (6, "That is the gradient of the whole batch. Give all four numbers, in brackets."),
)  # fmt: skip


EXERCISE = Exercise(
    id="12.2",
    title="Two shards by hand",
    difficulty=1,
    minutes=5,
    points=2,
    reference=RIGHT,
    why="Each image counts once, wherever it lies. So A's mean, made of three images, counts three times as "
    "much as B's: (3 · 5 + 1 · 9) / 4.",
    hints=(
        "A mean over the whole batch does not know of shards: add the gradients of all four images, and "
        "divide by four.",
        "From A's mean you get its sum back: three images times 5.",
        "SGD: new weight = weight − rate · gradient, with the gradient of the whole batch.",
    ),
    mistakes=MISTAKES,
)
