"""Tasks whose best possible is not known: rows of a table, and classes that draw alone. What is known of them then."""

import json
import re
import textwrap
from datetime import date
from pathlib import Path

import fastparquet
import numpy as np
import pandas as pd
import pytest
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.figures import catalogue
from applicability.figures.samples import most_different
from applicability.layout import described_parts, figures_of_study, typeset_tables
from applicability.scores.best_known import with_best_known
from applicability.scores.optimum import optimum_of
from applicability.stages.describe import describe
from applicability.stages.plan import planned
from applicability.stages.typeset import typeset
from applicability.storage import tables
from applicability.storage.tables import best_accuracies, most_possible
from applicability.study.cell import Cell
from applicability.tasks import table
from applicability.tasks.table import describe_table
from applicability.tasks.truth import Truth
from conftest import LOUD, assert_one_line, draws_of, in_groups
from studies import by_stages, drawn, studies_of

ROWS = {"ill": 30, "well": 45}
SIMULATOR = """
    import numpy as np

    class Wave:
        def __init__(self, scale, shift):
            self.scale, self.shift = scale, shift

        def rvs(self, size, rng):
            return self.shift + self.scale * rng.standard_normal((size, 2))
"""
LOGPDF = """
        def logpdf(self, x):
            return -(((x - self.shift) / self.scale) ** 2 / 2 + np.log(self.scale * np.sqrt(2 * np.pi))).sum(1)
"""
LEARNERS = {"net": {"hidden": [4], "steps": 20}, "more": {"hidden": [4], "steps": 60}}
TABLE = {"table": {"file": "patients.csv", "group": "state"}}


def patients() -> pd.DataFrame:
    """Rows of two groups, whose values say the row: x is 0, 1, ... 74, in no order, and y is far to the right."""
    rng = np.random.default_rng(0)
    states = rng.permutation([name for name, count in ROWS.items() for _ in range(count)])
    return pd.DataFrame({"x": np.arange(75), "state": states, "y": 1000 + 5 * (states == "ill") + rng.normal(size=75)})


def entry(task: dict, **changes) -> dict:
    """A small study, as in a config."""
    usual = {"scales": [1, 2], "sample_sizes": [5, 20], "replicates": 5, "test_draws": 10, "learners": LEARNERS}
    return {"task": task, "target_accuracy": 0.999, "baseline": "net"} | usual | changes


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a table and classes, where commands run."""
    monkeypatch.chdir(tmp_path)
    patients().to_csv("patients.csv", index=False)
    Path("wave.py").write_text(textwrap.dedent(SIMULATOR))
    Path("known.py").write_text(textwrap.dedent(SIMULATOR) + textwrap.indent(textwrap.dedent(LOGPDF), "    "))
    return tmp_path


def waves(file: str) -> dict:
    """Two groups of a class."""
    return {name: {"python": f"{file}:Wave", "shift": shift} for name, shift in (("near", 0), ("far", 1))}


def cell_of(task: dict, **changes) -> Cell:
    study = studies_of({"studies": {"s": entry(task, **changes)}})["s"]
    return study.cell(study.scales[-1], study.sample_sizes[-1])


def test_rows_are_split_anew_in_every_replicate_and_none_is_on_both_sides(here):
    cell = cell_of(TABLE | {}, scales=[1])
    assert cell.groups == [*ROWS]
    train, test = (in_groups(draws_of(cell, *each)) for each in (("train", 20), ("test", 10)))
    found, states = patients().to_numpy(), patients()["state"].to_numpy()
    for rows in (train, test):
        assert rows.shape[1:] == (2, rows.shape[2], 2)
        for group, name in enumerate(ROWS):
            places = rows[:, group, :, 0].astype(int)
            assert (states[places] == name).all()
            np.testing.assert_array_equal(rows[:, group], found[places][..., [0, 2]].astype(np.float32))
    for one, other in zip(train[..., 0], test[..., 0], strict=True):
        assert len({*one.ravel(), *other.ravel()}) == one.size + other.size
    assert len({tuple(each.ravel()) for each in test[..., 0]}) == 5
    np.testing.assert_array_equal(in_groups(draws_of(cell, "train", 5)), train[:, :, :5])
    assert len(np.unique(test[..., 0])) > 40  # every row has its turn


def test_the_scale_multiplies_distances_from_the_mean_of_a_group(here):
    one, two = (in_groups(draws_of(cell_of(TABLE, scales=[scale]), "train", 20)).astype(float) for scale in (1, 2))
    means = patients().groupby("state")[["x", "y"]].mean().to_numpy()[:, None]
    np.testing.assert_allclose(two - means, 2 * (one - means), atol=1e-3)


def test_bounds_are_of_as_many_rows_of_each_group_and_do_not_depend_on_their_order(here):
    row = optimum_of(cell_of(TABLE))
    assert row["neighbour_error"] * 60 == pytest.approx(round(row["neighbour_error"] * 60), abs=0.01)
    assert row["accuracy_lower_bound"] == 1 - row["neighbour_error_high"] < row["accuracy_upper_bound"]
    assert {"accuracy", "log_loss", "accuracy_error"}.isdisjoint(row)
    assert row["guessing"] == 0.5
    assert optimum_of(cell_of(TABLE, scales=[0.2]))["accuracy_upper_bound"] == 1


def test_a_class_that_does_not_tell_its_density_has_the_same_draws_and_networks(here, tmp_path):
    studies = studies_of({"studies": {name: entry(waves(f"{name}.py")) for name in ("wave", "known")}})
    assert [study.known for study in studies.values()] == [False, True]
    blind, known = (tables.read(by_stages(study, tmp_path / name)[0]) for name, study in studies.items())
    shared = ["learner", "scale", "n", "replicate", "accuracy", "log_loss", "auc", "calibration_error"]
    pd.testing.assert_frame_equal(blind[shared], known[shared], check_exact=True)
    assert {"bayes_accuracy", "expected_accuracy", "posterior_error"}.isdisjoint(blind)
    assert {*blind} - {*known} == {"best_known", "best_known_accuracy"}


def test_the_best_known_is_the_best_at_the_largest_n_and_gaps_are_paired():
    grid = [(learner, n, replicate) for learner in ("a", "b") for n in (1, 2) for replicate in (0, 1)]
    scores = pd.DataFrame(grid, columns=["learner", "n", "replicate"]).assign(study="s", scale=1.0)
    scores["accuracy"] = [0.99, 0.99, 0.7, 0.8, 0.5, 0.6, 0.9, 0.7]
    scores["plugin_accuracy"] = [0.2, 0.3, 0.4, 0.6, 0.2, 0.3, 0.4, 0.6]
    found = with_best_known(scores)
    assert set(found["best_known"]) == {"b"}  # 0.8 for 0.75; what is better at a smaller n is not asked
    assert [*found["best_known_accuracy"]] == [0.9, 0.7] * 4
    np.testing.assert_allclose(found["gap"], [-0.09, -0.29, 0.2, -0.1, 0.4, 0.1, 0, 0])
    np.testing.assert_allclose(found["plugin_gap"], [0.7, 0.4, 0.5, 0.1, 0.7, 0.4, 0.5, 0.1])
    rule = with_best_known(scores.assign(plugin_accuracy=[0.2, 0.3, 0.9, 0.9] * 2))
    assert set(rule["best_known"]) == {"plug-in"}
    gone = with_best_known(scores.assign(accuracy=[0.99, 0.99, 0.7, 0.8, 0.5, 0.6, 0.9, np.nan]))
    assert set(gone["best_known"]) == {"a"}  # a training of b diverged


def test_a_gap_to_oneself_is_no_sample_size_that_suffices():
    grid = [(learner, n, replicate) for learner in ("a", "b") for n in (10, 20, 40) for replicate in range(5)]
    scores = pd.DataFrame(grid, columns=["learner", "n", "replicate"]).assign(study="s", scale=1.0)
    reached = {("a", 10): 0.5, ("a", 20): 0.895, ("a", 40): 0.9, ("b", 10): 0.5, ("b", 20): 0.6, ("b", 40): 0.895}
    scores["accuracy"] = [reached[learner, n] for learner, n in zip(scores["learner"], scores["n"], strict=True)]
    laws = pd.DataFrame({"scale": [1.0], "plugin_constant": [np.nan], "plugin_from": [np.nan]})
    rows = planned(with_best_known(scores), laws).set_index(["learner", "gap"])["needed"]
    assert [rows["a", gap] for gap in (0.01, 0.001)] == ["20", "> 20"]
    assert [rows["b", gap] for gap in (0.01, 0.001)] == ["40", "> 40"]
    alone = planned(with_best_known(scores[scores["n"] == 40]), laws).set_index(["learner", "gap"])["needed"]
    assert [alone[learner, 0.01] for learner in "ab"] == ["", "40"]


def test_the_two_coordinates_that_differ_most_are_shown():
    draws = np.random.default_rng(0).normal(size=(3, 100, 4)) * [1, 1, 100, 1]
    draws[2, :, 1] += 3
    draws[1, :, 2] += 200
    draws[0, :, 3] += 0.5
    assert most_different([*draws]) == [1, 2]


def test_a_group_that_is_known_beside_one_that_is_not_makes_neither_known(here):
    for file, known in (("wave.py", False), ("known.py", True)):
        cell = cell_of({"far": waves(file)["far"], "near": {"norm": {}, "times": 2}})
        truth = Truth.of(cell.task, cell.scale)
        assert (cell.known, truth.known, truth.closed, cell.exact) == (known, known, False, False)


def test_what_is_possible_at_most_is_never_below_what_is_known():
    summary = pd.DataFrame({"scale": [1, 2], "best_known": "a", "best_known_accuracy_mean": [0.9, 0.8]})
    optimum = pd.DataFrame({"scale": [1, 2], "accuracy_upper_bound": [0.85, 0.95]})
    assert [*best_accuracies(summary, optimum)] == [0.9, 0.8]
    assert [*most_possible(summary, optimum)] == [0.9, 0.95]


@LOUD
@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize("kind", ["table", "simulator", "line"])
def test_every_table_figure_and_caption_copes_without_the_best_possible(here, kind):
    task = {"table": TABLE, "simulator": waves("wave.py"), "line": {"table": TABLE["table"] | {"columns": ["y"]}}}[kind]
    study = studies_of({"studies": {"mine": entry(task)}})["mine"]
    folder = here / "results/mine"
    paths, shown = by_stages(study, folder), described_parts(study)
    assert not {"posterior", "ratio", "boundary"} & {name.partition("-")[0] for name in figures_of_study(study)}
    assert ("regions-net" in figures_of_study(study)) == (kind != "line")
    summary = tables.read(folder / "summary.csv")
    largest = summary[summary["n"] == 20]
    for best in (summary["verdict"] == "best known", summary["learner"] == summary["best_known"]):
        assert best[summary["n"] == 20].sum() == (largest["learner"] == largest["best_known"]).sum()
    parts = summary[["shortfall_unreached", "shortfall_data", "shortfall_learner"]].sum(axis=1)
    np.testing.assert_allclose(parts, 1 - summary["accuracy_mean"], atol=1e-12)
    describe(study.json(), shown, paths, folder / "captions.md")
    text = (folder / "captions.md").read_text()
    assert "best possible is not known" in text
    assert not re.search(r"\bnan\b|None|optimal|the optimum", text)
    for name in figures_of_study(study):
        kind_of_figure, _, learner = name.partition("-")
        figure = drawn(catalogue.figures()[kind_of_figure], study, learner or None, here, [here / "a.svg"])
        words = (here / "a.svg").read_text() + "".join(each.get_text() for each in figure.texts)
        assert "possible" not in words.replace("upper bound of the best possible below 0.999", "")
        assert "optimum" not in words
    for name in typeset_tables(study):
        typeset(next(folder.rglob(f"{name}.csv")), name.partition("-")[0], [folder / f"{name}.md"])
        assert "nan" not in (folder / f"{name}.md").read_text()


BAD = {  # what is changed in the table, and what is said
    "text": (lambda t: t.astype({"x": object}).replace({"x": {7: "7,5"}}), "numbers in column x; found '7,5' in 1 row"),
    "missing": (lambda t: t.assign(x=t["x"].mask(t["x"] < 2)), "a number in every row; column x has none in 2 rows,"),
    "no group": (lambda t: t.assign(state=t["state"].mask(t["x"] == 4)), "column state has none in 1 row, the first"),
    "infinite": (lambda t: t.assign(x=t["x"] * 1e38), "numbers of float32 in column x; found 4e+38 in 71 rows, the"),
    "constant": (lambda t: t.assign(x=3), "columns that vary; column x is 3 in every row"),
    "one group": (lambda t: t.assign(state="ill"), "2 to 6 groups in column state; found 1: ill; the key groups"),
    "many groups": (lambda t: t.assign(state=t["x"]), "2 to 6 groups in column state; found 75: 0, 1, 2, 3, 4 … (75"),
    "no column": (lambda t: t.rename(columns={"state": "stat"}), "columns state; found x, stat, y"),
    "no coordinate": (lambda t: t[["state"]], "columns beside state, which names the groups; found none"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_an_unusable_table_is_refused_with_the_column_and_the_line(here, fault):
    change, said = BAD[fault]
    change(patients()).to_csv("patients.csv", index=False)
    with pytest.raises(InputError) as refused:
        describe_table("patients.csv", "state")
    assert_one_line(str(refused.value), "patients.csv: expected")
    assert said in str(refused.value)


@pytest.mark.usefixtures("refusal")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"file": "none.csv"}, "studies.s.task: none.csv: expected a table, CSV or Parquet; No such file or directory"),
        ({"file": "wave.py"}, "studies.s.task: wave.py: expected a file that ends in .csv or .parquet"),
        ({"group": "stat"}, "studies.s.task: patients.csv: expected columns stat; found x, state, y"),
        ({"columns": ["x", "z"]}, "studies.s.task: patients.csv: expected columns z; found x, state, y"),
        ({"groups": ["ill", "dead"]}, "patients.csv: expected groups of column state: well, ill; found dead"),
        ({"groups": [1, date(2020, 1, 1)]}, "studies.s.task: expected numbers, texts, .* found an Object of type date"),
        ({"colums": ["x"]}, "studies.s.task.table.colums: unknown; allowed: .*; did you mean 'columns'?"),
        ({"columns": []}, "studies.s.task.table.columns: expected at least 1; found 0"),
    ],
    ids=str,
)
def test_a_table_that_is_named_wrongly_is_refused(here, changes, said):
    with pytest.raises(InputError, match=said):
        validate({"studies": {"s": entry({"table": TABLE["table"] | changes})}})


def test_only_a_task_of_one_key_is_a_table(here):
    groups = {name: {"norm": {"loc": place}} for name, place in (("table", 0), ("chair", 1))}
    assert cell_of(groups).groups == ["table", "chair"]
    with pytest.raises(InputError, match=r"wave.py: Wave raised TypeError: .* unexpected keyword argument 'table'"):
        cell_of({"far": {"python": "wave.py:Wave", "shift": 0, "table": 1}, "near": {"norm": {}, "times": 2}})


def test_more_draws_than_rows_are_refused_with_the_numbers(here):
    with pytest.raises(InputError) as refused:
        studies_of({"studies": {"s": entry(TABLE, sample_sizes=[5, 21])}})
    said = "studies.s.sample_sizes: expected no more draws than ill has rows, 30: 20 beside 10 test draws; found 21"
    assert str(refused.value) == f"config: {said}"
    without = {key: value for key, value in entry(TABLE, sample_sizes=[20]).items() if key != "test_draws"}
    assert studies_of({"studies": {"s": without}})["s"].test_draws == 10  # a third of the smaller group


def test_groups_and_columns_are_those_that_are_asked_for(here):
    numbers = patients().assign(state=lambda t: t["state"].map({"ill": 10, "well": 9}))
    pd.concat([numbers, numbers.iloc[:2].assign(state=8, x=[0, 1])]).to_csv("patients.csv", index=False)
    assert describe_table("patients.csv", "state")["rows"] == {"8": 2, "9": 45, "10": 30}
    some = describe_table("patients.csv", "state", ["y"], [10, 9])
    assert (some["rows"], some["columns"], some["repeated"]) == ({"10": 30, "9": 45}, ["y"], 0)
    task = {"table": {"file": "patients.csv", "group": "state", "columns": ["y"], "groups": [10, 9]}}
    assert (cell_of(task).groups, cell_of(task).dimension) == (["10", "9"], 1)


def test_rows_that_are_alike_are_counted(here):
    pd.concat([patients(), patients()[:3]]).to_csv("patients.csv", index=False)
    assert describe_table("patients.csv", "state")["repeated"] == 3


def test_a_table_that_changed_since_the_config_was_read_is_refused(here):
    cell = cell_of(TABLE)
    patients().assign(x=0.5).to_csv("patients.csv", index=False)
    table.groups_in.cache_clear()
    with pytest.raises(InputError, match=r"patients.csv: expected the file that the config was read with; it has cha"):
        draws_of(cell, "train", 5)
    again = cell_of(TABLE | {"table": TABLE["table"] | {"columns": ["y"]}})
    assert json.loads(again.json())["task"] != json.loads(cell.json())["task"]  # what Snakemake compares


def test_parquet_is_read_as_csv_is(here):
    cell = cell_of(TABLE)
    fastparquet.write("patients.parquet", patients())
    other = cell_of({"table": {"file": "patients.parquet", "group": "state"}})
    np.testing.assert_array_equal(draws_of(cell, "train", 5), draws_of(other, "train", 5))
