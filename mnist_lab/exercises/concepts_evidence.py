"""Concept test: what a loss says, what a choice costs, what a probability is worth, what may be claimed."""

from mnist_lab.exercises.concepts_model import RIGHT, Asked, Idea

IDEAS = [
    Idea(
        name="loss",
        title="A loss is not a count of mistakes",
        lesson=3,
        misconceptions={
            "a loss is a share": "A loss is measured in nats, not in parts of a hundred. It asks how much "
            "probability the right classes got, and no mistake is counted.",
            "mistakes grow with the loss": "Half the loss is not half the mistakes. A single mistake made "
            "with certainty can cost more than ten narrow ones.",
            "the lower loss is right more often": "Often so, but not of necessity: being timid and right "
            "costs loss, and being narrowly wrong costs little.",
        },
        a=Asked(
            text="Two networks answer the same hundred questions. P has a mean cross-entropy of 0.50, and Q "
            "of 0.25. What follows for the number of right answers?",
            options={
                "Q has more right answers than P.": "the lower loss is right more often",
                "P makes twice as many mistakes as Q.": "mistakes grow with the loss",
                "P makes 50 mistakes, and Q makes 25.": "a loss is a share",
                "Either of the two may have more.": RIGHT,
            },
            why="P may be right each time, but timid; Q may be sure mostly, and narrowly wrong now and then. "
            "Right answers have to be counted.",
        ),
        b=Asked(
            text="On a hundred held-out photos the mean cross-entropy was 0.60 after the third epoch, and "
            "0.30 after the ninth. What follows for the number of photos named rightly?",
            options={
                "It may have risen, fallen or stayed.": RIGHT,
                "It has risen from 40 to 70.": "a loss is a share",
                "It has risen, by an unknown number.": "the lower loss is right more often",
                "The photos named wrongly are half as many now.": "mistakes grow with the loss",
            },
            why="The network gives the right names more probability on the whole. That can come from photos "
            "it named rightly before; the others have to be counted.",
        ),
    ),
    Idea(
        name="choosing",
        title="What has chosen cannot report",
        lesson=7,
        misconceptions={
            "held out is enough": "These data trained nothing, but they chose. The best of many is partly "
            "the luckiest, and its luck is in that score.",
            "the test may choose": "To take the best of many scores is to choose. Then the last data are "
            "used up as well, and nothing is left that could report.",
            "averaging cures luck": "Part of the luck is still in it. A score that took part in the choice "
            "has no place in the report.",
        },
        a=Asked(
            text="Forty settings were tried. The best of them reads 486 of 500 validation digits. The test "
            "digits are still untouched. Which accuracy do you report?",
            options={
                "on the validation digits: none of the forty was trained on them": "held out is enough",
                "on the test digits, where only this setting is scored": RIGHT,
                "on the test digits, the best among all forty settings": "the test may choose",
                "on validation and test digits together, for this setting": "averaging cures luck",
            },
            why="The test digits have chosen nothing, so this score holds no luck of the draw. Expect it to "
            "be a little lower than on validation.",
        ),
        b=Asked(
            text="Thirty networks forecast rain. None has learned from last year, and the one that did best "
            "on last year is picked. This year's days are still unused. What do you tell a customer about "
            "its quality?",
            options={
                "the highest of the thirty scores on this year": "the test may choose",
                "its mean score over last year and this year": "averaging cures luck",
                "its own score on this year, and no other network's": RIGHT,
                "its score on last year, from which none has learned": "held out is enough",
            },
            why="This year has chosen nothing, so this score holds no luck of the draw. Expect it to be a "
            "little lower than last year's.",
        ),
    ),
    Idea(
        name="calibration",
        title="A probability is worth what counting says",
        lesson=9,
        misconceptions={
            "softmax gives true chances": "Softmax makes positive numbers that sum to 1. Whether they come "
            "true as often as they say is found by counting, and so large a difference is no bad luck.",
            "accurate means calibrated": "Most answers may be right, and the network still surer of them "
            "than it should be. Accuracy and calibration are two things.",
            "a probability cannot be checked": "On a single image it cannot. Over many images with the same "
            "probability, the share of right answers shows what it is worth.",
        },
        a=Asked(
            text="A network gave its answer a probability of 0.95 on each of 100 drawings. Of these answers "
            "78 are right. What does that say about its probabilities?",
            options={
                "They are too high: the network is too sure.": RIGHT,
                "They hold: it had bad luck with these drawings.": "softmax gives true chances",
                "They are good: most of the answers are right.": "accurate means calibrated",
                "Nothing: each one concerns a single drawing.": "a probability cannot be checked",
            },
            why="Of 100 answers that are 95 % sure about 95 should be right.",
        ),
        b=Asked(
            text="A trained network named 200 X-ray pictures, each time with a probability of 0.9 for the "
            "name it chose. Counting finds 140 names right. How do you judge the 0.9?",
            options={
                "It serves its purpose, as most names are right.": "accurate means calibrated",
                "It is too high; the network is too sure.": RIGHT,
                "It stands, since a probability is about one picture.": "a probability cannot be checked",
                "It is true; these pictures were unlucky ones.": "softmax gives true chances",
            },
            why="Of 200 names that are 90 % sure about 180 should be right.",
        ),
    ),
    Idea(
        name="claim",
        title="A difference beside its noise",
        lesson=10,
        misconceptions={
            "the larger mean wins": "Other seeds could turn it round: the difference is hardly larger than "
            "its own standard error. It should be more than twice as large.",
            "not shown means equal": "These runs leave room for either to be better. That a difference is "
            "not shown does not show that there is none.",
            "enough runs prove it": "The number of runs proves nothing by itself. It makes the standard "
            "error smaller, and the difference still has to stand out from that.",
        },
        a=Asked(
            text="Recipe P reads 97.2 of a hundred digits, recipe Q 97.0. Each is the mean of five runs with "
            "different seeds, and the standard deviation of the runs is 0.3 for both. What do these runs "
            "say?",
            options={
                "P is the better recipe.": "the larger mean wins",
                "Which recipe is better is left open.": RIGHT,
                "P is the better recipe: five runs are enough to tell.": "enough runs prove it",
                "P and Q are equally good recipes.": "not shown means equal",
            },
            why="The standard error of the difference is 0.3 · √(2/5), about 0.19. A difference of 0.2 does "
            "not stand out from it.",
        ),
        b=Asked(
            text="Eight networks with dropout reach 95.9 points on average, eight without it 95.6. The seeds "
            "differ, and within both groups the standard deviation is 0.5. What has been found out about "
            "dropout?",
            options={
                "Nothing certain: it may raise or lower the score.": RIGHT,
                "It raises the score, as eight networks a group make sure.": "enough runs prove it",
                "It makes no difference to the score.": "not shown means equal",
                "It raises the score by a little.": "the larger mean wins",
            },
            why="The standard error of the difference is 0.5 · √(2/8), which is 0.25. A difference of 0.3 "
            "does not stand out from it.",
        ),
    ),
]
