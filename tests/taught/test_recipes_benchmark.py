"""The benchmark and its commands: rounds, runs that are kept, what is found again, what is printed."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

from mnist_lab import lesson, recipes
from mnist_lab.cli import main
from mnist_lab.data import Splits, load_digits
from mnist_lab.data._files import digest_of_digits
from mnist_lab.recipes import benchmark, run_store, running, scoring, splits, summary
from mnist_lab.recipes.run_store import find_run, keep_run, recipe_identity, run_path
from mnist_lab.workshop.batch.run_folders import only_here

import pytest
import torch
from click.testing import CliRunner
from torch.utils.data import Subset

TINY = replace(
    recipes.find_recipe("fast-2024"),
    about="one small step",
    digits="bundled",
    layers=("average 4", "flatten", "linear 10"),
    batch_size=32,
    epochs=None,
    steps=2,
)
RECIPES = {
    "tiny": TINY,
    "half": replace(TINY, precision="bfloat16"),
    "long": replace(TINY, steps=6),
}


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A folder of its own, small recipes, few bundled digits, and a list of the runs that were trained."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path))
    monkeypatch.setattr(lesson, "RESULTS", tmp_path / "results")
    (tmp_path / "results").mkdir()
    for room in (recipes, benchmark):
        monkeypatch.setattr(room, "RECIPES", RECIPES, raising=False)
    monkeypatch.setattr(benchmark, "NUM_SEEDS", {"tiny": 3, "half": 2, "long": 1})
    monkeypatch.setattr(benchmark, "QUICK", ("tiny", "half"))
    monkeypatch.setattr(summary, "REFERENCES", ("tiny", "long"))

    def load(name, *, root=None, transform=None):
        counts = (300, 100, 50)
        all_of = load_digits("bundled", transform=transform)
        return Splits(*(Subset(split, range(n)) for split, n in zip(all_of, counts, strict=True)))

    monkeypatch.setattr(splits, "load_digits", load)
    return tmp_path


@pytest.fixture
def trained(monkeypatch):
    """The seeds that were trained, with the number of steps of the recipe."""
    calls, train_recipe = [], running.train_recipe

    def watched(recipe, **options):
        calls.append((recipe.steps, options["seed"]))
        return train_recipe(recipe, **options)

    monkeypatch.setattr(run_store, "train_recipe", watched)
    return calls


def call(*words):
    return CliRunner().invoke(main, words)


# Which runs, and in which order


def test_the_rounds_go_over_the_recipes_seed_by_seed():
    order = benchmark.in_rounds({"a": 3, "b": 1, "c": 2})
    assert order == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("c", 1), ("a", 2)]
    assert benchmark.in_rounds({}) == []


def test_every_recipe_has_a_number_of_seeds_and_quick_names_three():
    assert set(benchmark.NUM_SEEDS) == set(recipes.RECIPES) == set(benchmark.choose_counts())
    assert benchmark.choose_counts(quick=True) == {"fast-2024": 10, "speedrun98": 10, "speedrun99": 10}
    assert benchmark.choose_counts(("seed",), seeds=2) == {"seed": 2}
    with pytest.raises(ValueError, match="no recipe 'sed'"):
        benchmark.choose_counts(("seed", "sed"))


# Kept runs


def test_a_stopped_benchmark_goes_on_where_it_was(here, trained, monkeypatch):
    counts, score = {"tiny": 2, "long": 2}, scoring.evaluate
    done = []

    def stop_at_the_third(*arguments, **options):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(True)
        return score(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(scoring, "evaluate", stop_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            benchmark.run_rounds(counts, folder="kept", device="cpu")
    assert trained == [(2, 0), (6, 0), (2, 1)]
    assert sorted(path.name for path in (here / "kept").iterdir()) == ["long-seed0.json", "tiny-seed0.json"]
    first = (here / "kept" / "tiny-seed0.json").read_bytes()

    runs = benchmark.run_rounds(counts, folder="kept", device="cpu")
    assert trained[3:] == [(2, 1), (6, 1)]
    assert [run["seed"] for run in runs["tiny"]] == [run["seed"] for run in runs["long"]] == [0, 1]
    assert (here / "kept" / "tiny-seed0.json").read_bytes() == first
    assert benchmark.run_rounds(counts, folder="kept", device="cpu") == runs and len(trained) == 5


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"code": "0" * 12}, "code"),
        ({"device": "Python 3.99 · torch 9.9 · device cpu · 1 CPU thread"}, "device"),
        ({"hardware": "Pocket Calculator"}, "hardware"),
        ({"test_digits": "full"}, "test_digits"),
        ({"data": "0" * 12}, "data"),
        ({"fields": {"steps": 3}}, "fields"),
        ({"seed": 7}, "seed"),
    ],
)
def test_a_run_under_other_conditions_does_not_count(here, trained, capsys, change, name):
    benchmark.run_rounds({"tiny": 1}, folder="kept", device="cpu")
    path = run_path("kept", "tiny", 0)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    benchmark.run_rounds({"tiny": 1}, folder="kept", device="cpu")
    assert len(trained) == 2
    assert f"was made with another {name}; it is run anew" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", "0.2"),
        ("seconds", None),
        ("seconds", math.nan),
        ("seconds", -1),
        ("steps", None),
        ("test_accuracy", "x"),
        ("test_accuracy", math.nan),
        ("test_accuracy", 98.3),
        ("num_test", 0),
    ],
)
def test_a_run_without_its_numbers_is_run_anew_and_that_is_said(here, trained, name, value):
    call("train", "tiny", "--device", "cpu", "--output-dir", "kept")
    path = run_path("kept", "tiny", 0)
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    result = call("train", "tiny", "--device", "cpu", "--output-dir", "kept")
    assert result.exit_code == 0 and len(trained) == 2, result.output
    assert "is no finished run on the test set; it is run anew" in result.output


@pytest.mark.parametrize("name", ["date", "precision", "parameters", "hardware"])
def test_a_run_that_lacks_what_is_printed_is_run_anew(here, trained, name):
    call("train", "tiny", "--device", "cpu", "--output-dir", "kept")
    path = run_path("kept", "tiny", 0)
    run = json.loads(path.read_text())
    del run[name]
    path.write_text(json.dumps(run))
    result = call("train", "tiny", "--device", "cpu", "--output-dir", "kept")
    assert result.exit_code == 0 and len(trained) == 2, result.output
    assert json.loads(path.with_name(f"{path.name}.before").read_text()) == run, "nothing is lost"


def test_a_run_that_cannot_be_read_is_not_said_to_be_written(here, trained, monkeypatch):
    call("train", "tiny", "--device", "cpu", "--output-dir", "kept")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    for command in ("train", "benchmark"):
        result = call(command, "tiny", "--device", "cpu", "--output-dir", "kept")
        assert result.exit_code == 1 and "cannot be read (Permission denied); make it" in result.output
        assert "written" not in result.output and len(trained) == 1


def test_a_run_is_kept_with_the_code_that_it_began_with(here, monkeypatch):
    digest = iter(["early", "early", "late", "late"])
    monkeypatch.setattr(run_store, "code_digest", lambda: next(digest))
    run, _ = run_store.read_or_train(here, "tiny", TINY, 0, device="cpu", say=print)
    assert run["code"] == "early"


def test_other_settings_have_a_folder_of_their_own(here, trained):
    for words in ([], ["--tune"], ["--epochs", "0.1"], ["--digits", "Bundled"]):
        assert call("train", "tiny", "--device", "cpu", *words).exit_code == 0
    folders = sorted(path.name for path in (here / "runs").iterdir())
    assert folders == ["train-tiny", "train-tiny-0.1-epochs", "train-tiny-bundled", "train-tiny-tune"]
    assert not list(here.glob("**/*.before"))


def test_the_name_of_the_digits_is_the_sets_own(here):
    run = running.train_recipe(TINY, digits="Bundled", device="cpu", tune=True)
    assert run["digits"] == "bundled"
    with pytest.raises(ValueError, match="DIGITS is one of"):
        running.train_recipe(TINY, digits="bundle", device="cpu")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"loader": "transform"}, "for loader are memory, transforms, but got transform"),
        ({"memory_format": "x"}, "for memory_format are contiguous, channels_last, but got x"),
        ({"averaging": {"decay": 0.9, "strat": 0.5}}, "for averaging are decay, .* but got decay, strat"),
    ],
)
def test_a_word_that_nothing_looks_for_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        running.train_recipe(replace(TINY, **change), device="cpu")


def test_the_result_of_another_command_is_not_stored_over(here):
    path = here / "results" / "tried.json"
    path.write_text('{"command": "mnist-lab benchmark --store"}')
    result = call("train", "tiny", "--device", "cpu", "--store", "tried")
    assert result.exit_code == 2 and "tried is what `mnist-lab benchmark --store` has stored" in result.output
    for text in ('{"command": "mnist-lab train other --store tried"}', '{"command": ', "[]"):
        path.write_text(text)
        assert call("train", "tiny", "--device", "cpu", "--store", "tried").exit_code == 0


def test_a_run_that_could_not_be_kept_is_not_begun(here, trained):
    run_path("kept", "tiny", 0).mkdir(parents=True)
    result = call("train", "tiny", "--device", "cpu", "--output-dir", "kept")
    assert result.exit_code == 1 and trained == []
    assert "cannot be written: it is a folder, not a regular file" in result.output


@pytest.mark.parametrize(
    "content",
    ["", '{"seed": 0, "sec', "[]", "{}", "\x00", b"\xff\xfe", pytest.param(99_999 * "[", id="deep")],
)
def test_a_damaged_run_is_run_anew_and_that_is_said(here, trained, capsys, content):
    path = run_path(here, "tiny", 0)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    benchmark.run_rounds({"tiny": 1}, folder=here, device="cpu")
    assert trained == [(2, 0)] and json.loads(path.read_text())["seed"] == 0
    assert "is no finished run on the test set; it is run anew" in capsys.readouterr().out


def test_a_run_that_tuned_is_no_run_on_the_test_set(here):
    run = running.train_recipe(TINY, device="cpu", tune=True)
    keep_run(here, "tiny", TINY, {"code": run_store.code_digest()} | run)
    messages = []
    assert find_run(here, "tiny", TINY, 0, device="cpu", say=messages.append) is None
    assert "no finished run" in messages[0]


def test_the_identity_is_of_fields_and_code_and_not_of_words(here, monkeypatch, tmp_path):
    assert recipe_identity(replace(TINY, about="something else"), "cpu") == recipe_identity(TINY, "cpu")
    assert recipe_identity(replace(TINY, batch_size=33), "cpu") != recipe_identity(TINY, "cpu")
    monkeypatch.setattr(run_store, "PACKAGE", tmp_path)
    monkeypatch.setattr(run_store, "SOURCES", ("a.py",))
    digests = []
    for source in ("x = 1", '"""Words."""\n# more\nx = (\n    1\n)', "x = 2"):
        (tmp_path / "a.py").write_text(source)
        digests.append(run_store.code_digest())
    assert digests[0] == digests[1] != digests[2]


def test_the_sources_of_a_run_are_there():
    assert all((run_store.PACKAGE / source).is_file() for source in run_store.SOURCES)
    assert len(run_store.code_digest()) == 12


# Rows and table


def run_of(**changes):
    run = {
        "recipe": "r", "seed": 0, "seconds": 2.0, "steps": 1234, "digits": "full", "train_on": 60_000,
        "precision": "float32", "device": "torch 2", "hardware": "EPYC", "parameters": 57_578,
        "test_accuracy": 0.99, "test_loss": 0.1, "num_test": 10_000, "test_digits": "full",
        "date": "2026-01-02", "fields": {"precision": "float32"},
    }  # fmt: skip
    return {**run, **changes}


def rows_of(**seconds):
    accuracies = (0.98, 0.99)
    return {
        name: summary.make_row(
            [run_of(seconds=s, test_accuracy=a) for s, a in zip(values, accuracies, strict=False)]
        )
        for name, values in seconds.items()
    }


def test_a_row_holds_mean_spread_median_and_every_run():
    row = summary.make_row([run_of(seconds=s, test_accuracy=a) for s, a in ((1, 0.98), (2, 0.99), (9, 1.0))])
    assert row["accuracy_mean"] == pytest.approx(0.99) and row["accuracy_std"] == pytest.approx(0.01)
    assert (row["n"], row["seconds_median"], row["seconds"]) == (3, 2, [1, 2, 9])
    assert (row["steps"], row["parameters"], row["stored"]) == (1234, 57_578, False)
    assert summary.make_row([run_of()])["accuracy_std"] is None


def test_a_factor_is_of_pairs_of_seeds_and_has_its_range():
    assert summary.find_factor([400.0, 300.0, 250.0], [0.5, 1.0, 0.5]) == {
        "n": 3, "median": 500.0, "low": 300.0, "high": 800.0
    }  # fmt: skip
    assert summary.find_factor([1.0, 4.0], [2.0])["n"] == 1
    assert summary.factor_text([400.0, 300.0, 250.0], [0.5, 1.0, 0.5]) == "500 (300 to 800)"
    assert summary.factor_text([9.0, 19.0], [1.0, 2.0]) == "9.2 (9.0 to 9.5)"
    assert summary.factor_text([1.0, 9.0], [4.0]) == "0.25 (n = 1)"


def test_a_ladder_reads_from_steps_to_seconds_to_the_factor_with_its_range():
    rungs = {
        "low": {"steps": 1_000, "seconds": [4.0, 6.0, 5.0], "accuracies": [0.98, 0.99, 0.985]},
        "high": {"steps": 10, "seconds": [0.5, 0.5, 0.25], "accuracies": [0.99]},
    }
    _, low, high = summary.ladder_text(rungs).splitlines()
    assert " ".join(low.split()) == "low 1,000 steps of 5.0 ms 5.00 s 98.50 ± 0.50 % (n = 3)"
    assert "10 steps of  50.0 ms    0.50 s   × 12 (8.0 to 20)" in high


def test_the_table_reads_as_it_should():
    rows = rows_of(seed=[400.0, 402.0], quick=[0.5])
    rows["seed"]["stored"] = True
    rows["quick"] |= {"test_digits": "bundled", "num_test": 1000, "fields": {"precision": "bfloat16"}}
    rows["seed"]["hardware"] = "Abacus"
    lines = summary.table_text(rows).splitlines()
    assert lines[0].split("   ")[0].startswith("recipe") and set(lines[1]) == {"-"}
    assert " ".join(lines[2].split()) == (
        "seed 98.50 ± 0.71 2 401 – 1.0 (1.0 to 1.0) 57,578 1,234 stored 2026-01-02"
    )
    assert " ".join(lines[3].split()) == "quick 98.00 (n = 1) 1 0.50 – 800 (n = 1) 57,578 1,234 2026-01-02"
    assert "seed: measured on Abacus (torch 2); its ratios compare two machines." in lines
    assert "quick: scored on 1,000 test digits, bundled." in lines
    assert "quick: in float32; EPYC has no bfloat16 arithmetic." in lines
    assert lines[-1] == "Sampling floor at 98.50%: 0.12 points, however many seeds."


def test_summary_keeps_the_spread_and_every_run():
    runs = [run_of(seed=i, seconds=s, test_accuracy=a) for i, (s, a) in enumerate(((10, 0.98), (14, 0.96)))]
    result = summary.summarise_runs(runs)
    assert result["test_accuracy"]["mean"] == pytest.approx(0.97)
    assert result["test_accuracy"]["std"] == pytest.approx(0.02**0.5 * 0.1)
    assert (result["seconds"]["mean"], result["seconds"]["median"], result["steps"]) == (12, 12, 1234)
    assert [run["seed"] for run in result["runs"]] == [0, 1] and "fields" not in result["runs"][0]
    assert result["fields"] == {"precision": "float32"}


def test_the_report_says_mean_spread_n_and_floor():
    runs = [run_of(seconds=s, test_accuracy=a) for s, a in ((10.0, 0.98), (14.0, 0.99))]
    assert summary.report_runs(runs) == (
        "test accuracy 98.50 ± 0.71 % (n = 2), sampling floor 0.12 points, 12.00 s a run (median), "
        "1,234 steps"
    )
    assert "n = 1, spread unknown" in summary.report_runs(runs[:1])


# mnist-lab train


def test_train_writes_every_run_and_stores_the_result(here):
    result = call("train", "tiny", "--seeds", "2", "--device", "cpu", "--store", "tried")
    assert result.exit_code == 0, result.output
    assert "one small step" in result.output and "(n = 2)" in result.output and "2 steps" in result.output
    runs = [json.loads((here / "runs" / "train-tiny" / f"tiny-seed{i}.json").read_text()) for i in (0, 1)]
    stored = json.loads((here / "results" / "tried.json").read_text())
    assert stored["n"] == 2 and stored["digits"] == "bundled" and "cpu" in stored["device"]
    assert [run["test_accuracy"] for run in stored["runs"]] == [run["test_accuracy"] for run in runs]


def test_train_goes_on_where_it_was(here, trained):
    first = call("train", "tiny", "--device", "cpu")
    again = call("train", "tiny", "--device", "cpu", "--seeds", "2")
    assert again.exit_code == 0 and trained == [(2, 0), (2, 1)]
    (line,) = [line for line in again.output.splitlines() if line.startswith("seed 0")]
    assert re.search(r"test accuracy .*; read from the run of \d{4}-\d\d-\d\d, not trained again$", line)
    assert line.partition("; read")[0].replace("of 2", "of 1") in first.output
    assert "(n = 2)" in again.output


def test_train_knows_a_tuning_run_from_one_on_the_test_set(here, trained):
    words = ("train", "tiny", "--device", "cpu", "--output-dir", "one")
    for tune, is_new in [(True, True), (True, False), (False, True), (False, False), (True, True)]:
        before = len(trained)
        result = call(*words, *["--tune"] * tune)
        assert result.exit_code == 0 and len(trained) == before + is_new
        assert ("not trained again" in result.output) != is_new
        assert ("validation accuracy" in result.output) == tune


def test_train_does_not_read_a_run_on_other_data(here, trained):
    call("train", "tiny", "--device", "cpu")
    path = run_path(here / "runs" / "train-tiny", "tiny", 0)
    run = json.loads(path.read_text())
    assert run["data"] == digest_of_digits("bundled")
    path.write_text(json.dumps({**run, "data": "0" * 12}))
    assert "was made with another data; it is run anew" in call("train", "tiny", "--device", "cpu").output
    assert len(trained) == 2


@pytest.mark.parametrize("command", ["train", "benchmark"])
def test_a_folder_in_use_is_refused(here, trained, command):
    (here / "o").mkdir()
    with only_here(here / "o"):
        result = call(command, "tiny", "--device", "cpu", "--output-dir", "o")
    assert result.exit_code == 1 and "o is in use by another run; wait" in " ".join(result.output.split())
    assert trained == []


@pytest.mark.parametrize("command", ["train", "benchmark"])
def test_a_folder_that_vanishes_is_said(here, monkeypatch, command):
    def train_recipe(recipe, *, seed, **options):
        if seed == 1:
            (here / "o").rename(here / "elsewhere")
        return running.train_recipe(recipe, seed=seed, **options)

    monkeypatch.setattr(run_store, "train_recipe", train_recipe)
    result = call(command, "tiny", "--device", "cpu", "--seeds", "3", "--output-dir", "o")
    assert result.exit_code == 1 and not (here / "o").exists()
    assert "o has vanished, and the results with it; start this again" in " ".join(result.output.split())


def test_train_takes_other_digits_another_length_and_folder_and_tunes(here):
    options = ("--epochs", "0.5", "--digits", "bundled", "--tune", "--output-dir", "there")
    result = call("train", "tiny", *options)
    assert result.exit_code == 0, result.output
    assert "validation accuracy" in result.output and "test accuracy" not in result.output
    run = json.loads((here / "there" / "tiny-seed0.json").read_text())
    assert run["steps"] == round(0.5 * 300 / 32) and "test_accuracy" not in run
    assert run["fields"]["epochs"] == 0.5 and run["fields"]["steps"] is None


def test_train_says_that_it_fell_back_to_float32(here, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    result = call("train", "half", "--device", "cpu")
    assert "has no bfloat16 arithmetic, so this was float32" in result.output


@pytest.mark.parametrize("finished", [0, 1])
def test_train_that_is_stopped_keeps_what_is_done(here, monkeypatch, finished):
    score = scoring.evaluate

    def stop(*arguments, **options):
        if len(list(here.glob("runs/train-tiny/*.json"))) == finished:
            raise KeyboardInterrupt
        return score(*arguments, **options)

    monkeypatch.setattr(scoring, "evaluate", stop)
    result = call("train", "tiny", "--seeds", "3", "--device", "cpu", "--store", "tried")
    assert result.exit_code == 130
    assert f"{finished} of 3 runs are in" in result.output and "goes on from there" in result.output
    assert not (here / "results" / "tried.json").exists()


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["train", "sed"], 1, "no recipe 'sed'"),
        (["train", "tiny", "--device", "cuda:99"], 1, "no device 'cuda:99'"),
        (["train", "tiny", "--seeds", "0"], 2, "--seeds"),
        (["train", "tiny", "--epochs", "0"], 2, "--epochs"),
        (["train", "tiny", "--epochs", "inf"], 2, "--epochs"),
        (["train", "tiny", "--device", "meta"], 1, "'meta' holds shapes without numbers"),
        (["benchmark", "tiny", "--device", "meta"], 1, "'meta' holds shapes without numbers"),
        (["train", "tiny", "--store", "../../tried"], 2, "--store expects a name"),
        (["train", "tiny", "--store", ""], 2, "--store expects a name"),
        (["benchmark", "sed"], 1, "no recipe 'sed'"),
        (["benchmark", "tiny", "--seeds", "0"], 2, "--seeds"),
        (["benchmark", "tiny", "--device", "cuda:99"], 1, "no device 'cuda:99'"),
        (["benchmark", "tiny", "--digits", "full"], 2, "No such option"),
        (["benchmark", "tiny", "--quick"], 2, "--quick chooses its recipes"),
        (["benchmark", "--quick", "--store"], 2, "--quick chooses its recipes"),
        (["benchmark", "tiny", "--store"], 2, "--store is for the benchmark of all recipes"),
        (["benchmark", "tiny", "--ladder"], 2, "--ladder is a benchmark of its own"),
        (["benchmark", "--quick", "--ladder"], 2, "--ladder is a benchmark of its own"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(here, monkeypatch, words, status, sentence):
    monkeypatch.setattr(running, "train", None)
    result = call(*words)
    assert result.exit_code == status and sentence in result.output
    assert not list(here.glob("**/*-seed*.json"))


@pytest.mark.parametrize("words", [["benchmark"], ["benchmark", "tiny"], ["benchmark", "--ladder"]])
def test_a_benchmark_in_several_processes_is_refused(here, monkeypatch, words):
    monkeypatch.setattr(running, "train", None)
    monkeypatch.setenv("WORLD_SIZE", "2")
    result = call(*words)
    assert result.exit_code == 2 and "start it without torchrun and WORLD_SIZE" in result.output


def test_unknown_digits_are_refused(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = call("train", "fast-2024", "--digits", "ful")
    assert result.exit_code == 1 and 'Did you mean "full"?' in result.output


@pytest.mark.parametrize("words", [["train", "fast-2024"], ["benchmark"], ["benchmark", "--quick"]])
def test_without_the_full_digits_nothing_begins(monkeypatch, tmp_path, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "MNIST").write_text("in the way of a download")
    monkeypatch.setenv("MNIST_LAB_DATA", str(tmp_path))
    monkeypatch.setattr(running, "train", None)
    result = call(*words)
    assert result.exit_code == 1
    assert "'full' is not in" in result.output and "cannot be downloaded" in result.output


# mnist-lab benchmark


def test_the_benchmark_leaves_table_json_and_picture(here):
    result = call("benchmark", "--device", "cpu", "--store")
    assert result.exit_code == 0, result.output
    table = json.loads((here / "benchmark.json").read_text())
    assert {"command", "commit", "date", "versions", "device"} <= table.keys()
    assert {name: row["n"] for name, row in table["recipes"].items()} == {"tiny": 3, "half": 2, "long": 1}
    assert table["n"] == 6 and "ratios" not in table, "a factor is printed with its range, or not at all"
    row = table["recipes"]["tiny"]
    assert len(row["seconds"]) == len(row["accuracies"]) == 3 and row["stored"] is False
    assert (here / "benchmark.png").read_bytes().startswith(b"\x89PNG")
    assert len(list((here / "runs" / "benchmark").glob("*.json"))) == 6
    assert json.loads((here / "results" / "benchmark.json").read_text())["recipes"] == table["recipes"]
    assert re.search(r"recipe +accuracy \(%\) +n +seconds +× tiny +× long +parameters", result.output)


def test_the_ladder_is_measured_rung_by_rung_into_files_of_its_own(here, monkeypatch):
    rungs = {"low": ("as it was", TINY), "high": ("longer", replace(TINY, steps=6))}
    monkeypatch.setattr(benchmark, "LADDER", rungs)
    result = call("benchmark", "--ladder", "--seeds", "2", "--device", "cpu", "--store")
    assert result.exit_code == 0, result.output
    rows = json.loads((here / "ladder.json").read_text())["recipes"]
    assert [(name, row["n"], row["steps"]) for name, row in rows.items()] == [("low", 2, 2), ("high", 2, 6)]
    assert (here / "ladder.png").exists() and not (here / "benchmark.json").exists()
    assert json.loads((here / "results" / "ladder.json").read_text())["recipes"] == rows


def test_a_rung_that_is_a_recipe_too_has_the_same_fields():
    shared = benchmark.LADDER.keys() & recipes.RECIPES.keys()
    assert {"seed", "speedrun99"} <= shared
    for name in shared:
        assert run_store.fields_of(benchmark.LADDER[name][1]) == run_store.fields_of(recipes.RECIPES[name])


def test_quick_takes_the_other_recipes_from_the_stored_result(here):
    missing = call("benchmark", "--quick", "--device", "cpu")
    assert "No stored result has the recipe long" in missing.output
    assert list(json.loads((here / "benchmark.json").read_text())["recipes"]) == ["tiny", "half"]

    call("benchmark", "--device", "cpu", "--store")
    result = call("benchmark", "--quick", "--seeds", "1", "--device", "cpu")
    rows = json.loads((here / "benchmark.json").read_text())["recipes"]
    assert {name: (row["n"], row["stored"]) for name, row in rows.items()} == {
        "tiny": (1, False),
        "half": (1, False),
        "long": (1, True),
    }
    assert f"stored {rows['long']['date']}" in result.output


def test_quick_leaves_out_a_stored_recipe_that_has_changed_since(here, monkeypatch):
    call("benchmark", "--device", "cpu", "--store")
    monkeypatch.setitem(RECIPES, "long", replace(TINY, steps=7))
    result = call("benchmark", "--quick", "--device", "cpu")
    assert "The recipe long has changed since its stored result" in result.output
    assert "long" not in json.loads((here / "benchmark.json").read_text())["recipes"]


def test_a_benchmark_that_is_stopped_says_how_to_go_on(here, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "evaluate", stop)
    result = call("benchmark", "tiny", "--device", "cpu")
    assert result.exit_code == 130
    assert "kept in runs/benchmark; the same command goes on" in result.output
    assert not (here / "benchmark.json").exists()


def test_a_folder_that_cannot_be_written_is_said(here, monkeypatch):
    (here / "benchmark.json").mkdir()
    result = call("benchmark", "tiny", "--seeds", "1", "--device", "cpu")
    assert result.exit_code == 1 and "cannot be written: it is a folder" in result.output
