"""The README's figures come from the stored results, and from nowhere else."""

import json

from mnist_lab.workshop.upkeep.fill_readme import README, FigureError, fill, main

import pytest

RESULTS = {
    "seed_recipe": {
        "n": 5,
        "commit": "abc",
        "test_accuracy": {"mean": 0.98904, "std": 0.0008, "values": [0.98, 0.99]},
    }
}


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ("seed_recipe.test_accuracy.mean:.2%", "98.90 %"),
        ("seed_recipe.test_accuracy.values.1:.3f", "0.990"),
        ("seed_recipe.n", "5"),
        ("seed_recipe.commit", "abc"),
    ],
)
def test_a_figure_is_looked_up_and_formatted(figure, shown):
    assert fill(f"a <!-- figure: {figure} -->old<!-- / --> b", RESULTS) == (
        f"a <!-- figure: {figure} -->{shown}<!-- / --> b"
    )


def test_two_figures_fit_in_one_table_cell():
    row = (
        "| recipe | <!-- figure: seed_recipe.test_accuracy.mean:.1% --><!-- / --> ± "
        "<!-- figure: seed_recipe.test_accuracy.std:.2% -->?<!-- / --> | 5 |"
    )
    filled = fill(row, RESULTS)
    assert "-->98.9 %<!-- / --> ± " in filled
    assert filled.endswith("-->0.08 %<!-- / --> | 5 |")
    assert fill(filled, RESULTS) == filled


def test_text_without_figures_is_left_alone():
    text = "98 % <!-- a comment --> <!-- / -->\n"
    assert fill(text, RESULTS) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- figure: nobody.n --><!-- / -->", "no 'nobody' in results, .* seed_recipe"),
        (
            "<!-- figure: seed_recipe.m --><!-- / -->",
            "no 'm' in results.seed_recipe, which has n, commit",
        ),
        (
            "<!-- figure: seed_recipe.n.mean --><!-- / -->",
            "no 'mean' in results.seed_recipe.n, .* no keys",
        ),
        ("<!-- figure: seed_recipe.test_accuracy.values.2 --><!-- / -->", "which has 0, 1;"),
        ("<!-- figure: seed_recipe.commit:.2% -->x<!-- / -->", "'abc' cannot be shown as '.2%'"),
        ("<!-- figure: seed_recipe.test_accuracy:.2% --><!-- / -->", "a path to a single value"),
        (
            "fine\n<!-- figure: seed_recipe.n -->5\n<!-- / -->",
            "not understood in the line '<!-- fig",
        ),
        ("<!-- figure: seed_recipe.n -->5 <!-- figure: seed_recipe.n -->5<!-- / -->", "understood"),
    ],
)
def test_a_marker_that_cannot_be_filled_is_refused(text, message):
    with pytest.raises(FigureError, match=message):
        fill(text, RESULTS)


def test_make_figures_writes_and_check_only_looks(tmp_path, capsys):
    (tmp_path / "seed_recipe.json").write_text(json.dumps(RESULTS["seed_recipe"]))
    readme = tmp_path / "README.md"
    stale = "n = <!-- figure: seed_recipe.n -->3<!-- / --> — each\n"
    readme.write_text(stale, encoding="utf-8")
    options = ["--readme", str(readme), "--results", str(tmp_path)]

    assert main([*options, "--check"]) == 1
    assert "run `make figures`" in capsys.readouterr().out
    assert readme.read_text(encoding="utf-8") == stale

    assert main(options) == 0
    assert readme.read_text(encoding="utf-8") == stale.replace(">3<", ">5<")
    assert main([*options, "--check"]) == 0


def test_the_readme_shows_the_stored_results():
    assert README.exists()
    assert main(["--check"]) == 0
