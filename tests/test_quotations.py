"""Every quotation of the write-up that the series grew from: word for word, with its place, and nothing else.

A passage is marked as a quotation by its place: "the words" (write-up, Challenges 4). So is a block quotation
that ends in such a place, and a fence behind a sentence that ends in one and a colon. The write-up itself is
no part of the project; where it lies beside the checkout, each quotation is looked up in it.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
WRITE_UP = ROOT.parent / "shared" / "write-up.md"
EXERCISES = ROOT / "mnist_lab" / "exercises"

QUOTATIONS = [  # the words, their place in the write-up, and the lesson or file that quotes them
    (
        "initial issues with GPU support, requiring code modifications to run on the CPU when necessary",
        "Challenges 1",
        "04",
    ),
    (
        "# Check for CUDA if torch.cuda.is_available(): model.cuda() else: model.cpu()",
        "Challenges 1",
        "04",
    ),
    ("images, labels = data[0].to(device), data[1].to(device)", "Results", "04"),
    ("on the MNIST test set after training for 10 epochs", "Results", "07"),
    ("Experimented with learning rates, batch sizes, and optimizer settings", "Challenges 3", "07"),
    ("strong generalization on unseen data", "Results", "09"),
    ("an accuracy of 98% on the MNIST test set after training for 10 epochs", "Results", "08"),
    ("tensor shape mismatches", "Challenges 5", "08"),
    ("an accuracy of 98% on the MNIST test set after training for 10 epochs", "Results", "10"),
    (
        "Addressed this by incorporating dropout layers and regularization techniques.",
        "Challenges 4",
        "10",
    ),
    ("strong generalization on unseen data", "Results", "10"),
    ("code modifications to run on the CPU when necessary", "Challenges 1", "10"),
    (
        "Experimented with learning rates, batch sizes, and optimizer settings.",
        "Challenges 3",
        "10",
    ),
    (
        "Tuning these hyperparameters significantly impacted model performance.",
        "Challenges 3",
        "10",
    ),
    ("self.fc1 = nn.Linear(64 * 12 * 12, 128)", "Learning Objectives 3", "10"),
    ("x = x.view(-1, 64 * 12 * 12)", "Learning Objectives 3", "10"),
    ("tensor shape mismatches", "Challenges 5", "10"),
    ("Achieved an accuracy of 98% on the MNIST test set after training for 10 epochs.", "Results", "10"),
    (
        "Observed overfitting during training, particularly with a high training accuracy and lower "
        "validation accuracy. Addressed this by incorporating dropout layers and regularization techniques.",
        "Challenges 4",
        "10",
    ),
    (
        "The model demonstrated strong generalization on unseen data, indicating effective learning.",
        "Results",
        "10",
    ),
    (
        "Faced initial issues with GPU support, requiring code modifications to run on the CPU "
        "when necessary.",
        "Challenges 1",
        "10",
    ),
    (
        "to maximize performance and enable model training on available hardware",
        "Learning Objectives 4",
        "10",
    ),
]
PLACES = re.compile(r"Project Overview|Learning Objectives [1-5]|Challenges [1-5]|Results|Conclusion")

PLACE = r"\(write-up, (?P<place>[^)]+)\)"
MARKS = [
    re.compile(r'"(?P<words>[^"]+)"\s*' + PLACE),
    re.compile(r"^>\s*(?P<words>(?:[^\n]|\n>)+?)\s*" + PLACE + r"\s*$", re.MULTILINE),
    re.compile(PLACE + r":\s*```\w*\n(?P<words>.*?)```", re.DOTALL),
]
OF_ANOTHER = re.compile(r'"[^"]+",? \d{4}\)|"[^"]+",? \([^)]*\d{4}')  # a title with its year


def plain(text):
    """The words alone: single spaces, no stars, no backticks, no marks of a block quotation."""
    return " ".join(re.sub(r"^\s*>|[*`]", " ", text, flags=re.MULTILINE).replace(" .", ".").split())


def marked(text):
    """The (words, place) of every passage that is marked as a quotation."""
    found = [match for mark in MARKS for match in mark.finditer(text)]
    return [(plain(match["words"]), " ".join(match["place"].split())) for match in found]


def unmarked(markdown):
    """Passages of three words or more in double quotes, without a place, where the write-up is named."""
    found = []
    for paragraph in re.split(r"\n\s*\n", markdown):
        if "write-up" in paragraph:
            rest = OF_ANOTHER.sub(" ", MARKS[0].sub(" ", paragraph))
            found += [words for words in map(plain, re.findall(r'"([^"]+)"', rest)) if num_words(words) > 2]
    return found


def num_words(text):
    return len(re.findall(r"[A-Za-z]\w+", text))


def sources():
    """The {name: texts} of all that may quote: a lesson's cells, its exercises, README, TEACHING."""
    texts = {name: [(ROOT / f"{name}.md").read_text(encoding="utf-8")] for name in ("README", "TEACHING")}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        texts[path.name[:2]] = [cell.source for cell in nbformat.read(path, 4).cells]
    for folder in sorted(EXERCISES.glob("lesson_*")):
        files = sorted(path for path in folder.iterdir() if path.suffix in (".py", ".toml"))
        texts[f"exercises {folder.name[-2:]}"] = [path.read_text(encoding="utf-8") for path in files]
    return texts


def sections():
    """The {place: text} of the write-up."""
    found, group, place = {}, "", ""
    for line in WRITE_UP.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            group = place = line.removeprefix("### ").removesuffix(" Encountered").strip()
        elif number := re.match(r"#### (\d)\.", line):
            place = f"{group} {number[1]}"
        else:
            found[place] = found.get(place, "") + line + "\n"
    return {place: plain(text) for place, text in found.items()}


SOURCES = sources()
by_the_write_up = pytest.mark.skipif(not WRITE_UP.is_file(), reason="the write-up does not lie here")


@pytest.mark.parametrize(("words", "place", "where"), QUOTATIONS)
def test_a_listed_quotation_stands_where_it_is_listed(words, place, where):
    assert PLACES.fullmatch(place)
    found = [quoted for text in SOURCES[where] for quoted in marked(text)]
    assert (plain(words), place) in found, "the lesson no longer quotes it so: change the list with it"


@pytest.mark.parametrize("where", SOURCES)
def test_what_is_marked_as_a_quotation_is_on_the_list(where):
    listed = {(plain(words), place) for words, place, file in QUOTATIONS if file == where}
    assert {quoted for text in SOURCES[where] for quoted in marked(text)} <= listed


@pytest.mark.parametrize("where", [name for name in SOURCES if not name.startswith("exercises")])
def test_beside_the_name_of_the_write_up_nothing_is_quoted_without_its_place(where):
    assert [words for text in SOURCES[where] for words in unmarked(text)] == []


@by_the_write_up
@pytest.mark.parametrize(("words", "place", "where"), QUOTATIONS)
def test_a_quotation_stands_in_the_write_up_word_for_word(words, place, where):
    assert plain(words) in sections()[place]


@by_the_write_up
@pytest.mark.parametrize("where", SOURCES)
def test_no_words_of_the_write_up_are_quoted_without_their_place(where):
    everything = plain(WRITE_UP.read_text(encoding="utf-8"))
    quoted = [words for text in SOURCES[where] for words in map(plain, re.findall(r'"([^"\n]+)"', text))]
    prose = [words for words in quoted if num_words(words) > 3 and not re.search(r"[()=_]", words)]
    taken = {words for words in prose if words in everything}
    assert taken <= {plain(words) for words, _, file in QUOTATIONS if file == where}


A_LESSON = """
The author met "some *bad* luck" (write-up, Challenges 1), and reports:

> Reads `98%` of
> them. (write-up, Results)

He prints (write-up, Learning
Objectives 4):

```python
model.to(device)
```
"""


def test_the_three_marks_of_a_quotation_are_found():
    assert marked(A_LESSON) == [
        ("some bad luck", "Challenges 1"),
        ("Reads 98% of them.", "Results"),
        ("model.to(device)", "Learning Objectives 4"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('The write-up says "we read all digits".', ["we read all digits"]),
        ('The write-up says "we read all digits" (write-up, Results).', []),
        ('The write-up is "good". Another is not ("On being any good", 2018).', []),
        ('Somebody says "we read all digits".', []),
    ],
)
def test_a_quotation_without_its_place_is_found(text, found):
    assert unmarked(text) == found
