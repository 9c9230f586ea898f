"""Exercise 9.5: what a saliency map allows one to say."""

from mnist_lab.exercises.engine.letters import misnamed
from mnist_lab.exercises.engine.model import Exercise

ALLOWED = "BE"

TOO_MANY = {
    "A": "A says why. The map only says where a small change of a pixel would change the score.",
    "C": "C is about a large change. The map describes small ones, around this very image.",
    "D": "D forgets the sign. The map shows only how much: a bright pixel may speak for the 7 or against it.",
    "F": "F: the untrained network's map lies on the stroke as well, and that network has learned nothing.",
}
MISSING = {
    "B": "B is missing: it is what the map is made of, put into words.",
    "E": "E is missing: what does a picture explain that does not depend on what was learned?",
}


MISTAKES = (
    ("A", "Saliency does not say why, only what changes the score locally. Many pixels change a score "
     "without being its reason."),
    ("AB", "B is right. A says why, and saliency does not: it only says what changes the score locally."),
    ("ABE", "Two are right. A says why, and saliency does not: it only says what changes the score locally."),
    ("BC", "B is right. C jumps from a small change to a large one. Whether the answer falls is found out by "
     "hiding the pixels, which is called occlusion."),
    ("BCE", "Two are right. C jumps from a small change to a large one. Whether the answer falls is found "
     "out by hiding the pixels, which is called occlusion."),
    ("BD", "B is right. D forgets that the sign was dropped: a bright pixel may speak against the 7 as "
     "well."),
    ("BDE", "Two are right. D forgets that the sign was dropped: a bright pixel may speak against the 7 as "
     "well."),
    ("B", "B is right, and it is not all. Think of the untrained network: what is left of the map as an "
     "explanation?"),
    ("E", "E is right. One more statement is safe: the one that only repeats how the map was made."),
    ("BF", "The pixels of the stroke are bright in the untrained network, too. A map that looks the same "
     "without any learning explains nothing learned."),
    ("F", "That the map lies on the stroke looks convincing. The untrained network's does so, too, and it "
     "has learned nothing."),
    ("ABCDF", "That is nearly all one would like to read from the map. It is the size of a slope in one "
     "image, and looks the same without any learning."),
    ("ACDF", "These are the four that say too much. The question asks for the others."),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.5",
    title="What a map may say",
    difficulty=2,
    minutes=4,
    points=2,
    reference=ALLOWED,
    probe=misnamed(TOO_MANY, MISSING, example="AC"),
    why="A gradient is a statement about small changes of one image. Whether a map shows anything learned is "
    "a second question, and an untrained network answers it.",
    hints=(
        "How is the map made? It is the size of a slope: how much does the score change if one pixel changes "
        "by a little?",
        "Which statements are about something small, here, and about its size only? Black in place of white "
        "is not small.",
        "One statement repeats how the map is made. Another draws the conclusion from the two maps being "
        "alike. All others say more than that.",
    ),
    mistakes=MISTAKES,
)
