"""Exercise 11.5: five reports of a faster recipe, and the rule that each of them breaks."""

from mnist_lab.exercises.engine.letters import exchanged, misplaced
from mnist_lab.exercises.engine.model import Exercise

BREAKS = "CEADB"  # what is to be said of reports 1 to 5

NAMED = {  # (report, letter): why that is not it
    (1, "A"): "Report 1 gives up accuracy, and says so itself: seconds bought with mistakes. What counts is "
    "the time at equal accuracy.",
    (1, "B"): "Report 1 warmed up. Compare the accuracies of the two with their spread: what was given up "
    "for the seconds?",
    (1, "D"): "In report 1 test has chosen nothing, as far as it says. Compare the two accuracies.",
    (2, "A"): "Report 2 shows the best of ten beside the middle of ten. The best of ten P might look the "
    "same.",
    (2, "C"): "In report 2 the accuracies are no reason: look where each pair of numbers comes from, Q's and "
    "P's.",
    (2, "D"): "Report 2 says nothing of a choice on test. It shows one of ten runs: which one?",
    (3, "C"): "Report 3 shows a difference of accuracy within its error, in pairs, with an error small "
    "enough to tell. That is time at equal accuracy.",
    (3, "E"): "Report 3 gives the median over all pairs, and none was left out. What more could it say?",
    (3, "B"): "Report 3 warms up before each run, with labels that cannot help.",
    (3, "D"): "In report 3 the test digits have chosen nothing, it says. They only report.",
    (4, "A"): "Report 4 chose Q's learning rate by the digits that report its accuracy, and nothing of the "
    "kind was done for P.",
    (4, "E"): "Report 4 has means and medians of all five runs. The choice was made elsewhere: among twelve "
    "learning rates, and on which digits?",
    (4, "C"): "In report 4 Q is not less accurate. Ask which digits chose its learning rate.",
    (5, "A"): "In report 5 P is always the first in its program, and pays for all that is done only once. "
    "Repeating that five times repeats the mistake.",
    (5, "C"): "In report 5 the accuracies are equal in their spread. Ask who pays for the first call of a "
    "program.",
    (5, "E"): "Report 5 gives medians of all rounds. Something else is the same in every round: the order.",
}


MISTAKES = (
    *((exchanged(BREAKS, {report: letter}), sentence) for (report, letter), sentence in NAMED.items()),
    (exchanged(BREAKS, {3: "B", 5: "A"}),
     "In report 3 every run is warmed up; in report 5 a program begins with P each time, and P pays for all "
     "that is done only once."),
    (exchanged(BREAKS, {1: "A", 3: "C"}),
     "Report 3 shows that the accuracies differ by no more than luck; report 1 shows that they do differ, by "
     "more than their spread."),
    (exchanged(BREAKS, {2: "D", 4: "E"}),
     "These two are exchanged. In report 2 one run of ten is shown; in report 4 one learning rate of twelve "
     "was chosen, on the digits that report."),
    (exchanged(BREAKS, {3: "D", 4: "A"}),
     "Read both for the word test: in report 3 it chose nothing, in report 4 it chose a learning rate."),
    (exchanged(BREAKS, {2: "A", 3: "E"}),
     "Report 3 shows the median of all its pairs. The best of ten is shown in report 2, beside a median."),
)  # fmt: skip


EXERCISE = Exercise(
    id="11.5",
    title="Which report is evidence",
    difficulty=2,
    minutes=4,
    points=2,
    reference=" ".join(BREAKS),
    probe=misplaced(
        BREAKS,
        letters="ABCDE",
        form='The answer is a text of five letters from A to E, such as `"B B D A E"`.',
        why="Report {}: {} is not it.".format,
    ),
    why="Report 3 is the dullest of the five, and the only one that somebody else will find again.",
    hints=(
        "For each report ask: who pays for the first calls, which runs are shown, how accurate are both, and "
        "which digits had a say in a choice?",
        "Two reports name their flaw openly, in numbers: a lower accuracy, and a best one. In one of the "
        "others the order of the runs is always the same, and in one something was tried twelve times.",
        "Each letter is used once. The first report is faster because it learns less, and the third one "
        "breaks no rule.",
    ),
    mistakes=MISTAKES,
)
