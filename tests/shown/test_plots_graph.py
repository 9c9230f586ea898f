"""graph: the numbers on the picture are the numbers that were given."""

from mnist_lab.plots import BLUE, RED, graph

from figures import of_colour, texts

VALUES = {"x": 2.0, "w1": 1.0, "z": 2.0, "hidden": 2.0, "w2": 2.5, "output": 5.0, "loss": 1.0}
SLOPES = {"w1": -10.0, "z": -5.0, "hidden": -5.0, "w2": -4.0, "output": -2.0}


def written(*given):
    (axes,) = graph.two_weights(*given, target=6).axes
    return axes, {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}


def test_every_value_stands_in_the_graph_and_each_operation():
    axes, words = written(VALUES)
    expected = {f"{name} = {value:g}" for name, value in VALUES.items()}
    assert set(texts(of_colour(axes.texts, BLUE))) == expected
    assert {"· w1", "ReLU", "· w2", "(· − 6)²"} <= set(words)
    along = ["x = 2", "· w1", "z = 2", "ReLU", "hidden = 2", "· w2", "output = 5", "(· − 6)²", "loss = 1"]
    places = [words[name][0] for name in along]
    assert places == sorted(places), "values flow to the right"


def test_slopes_stand_under_their_values():
    axes, _ = written(VALUES, SLOPES)
    red = {text.get_position()[0]: text.get_text() for text in of_colour(axes.texts, RED)}
    above = {text.get_position()[0]: text.get_text() for text in of_colour(axes.texts, BLUE)}
    assert {above[x].split(" = ")[0]: slope for x, slope in red.items()} == {
        "w1": "slope −10",
        "z": "slope −5",
        "hidden": "slope −5",
        "w2": "slope −4",
        "output": "slope −2",
    }


def test_slopes_to_be_found_are_question_marks():
    axes, _ = written(VALUES)
    assert texts(of_colour(axes.texts, RED)) == ["slope ?"] * 5


def test_no_minus_stands_before_a_zero():
    _, words = written(VALUES | {"hidden": -0.0}, SLOPES | {"w1": -0.0})
    assert "hidden = 0" in words and "slope 0" in words
