"""Tables: read back to the bit, held to the grid's keys, summarised by quartiles."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from applicability.errors import InputError
from applicability.scores.replicates import summary_of
from applicability.stages.combine import combine, sorted_to
from applicability.storage import tables
from applicability.storage.tables import sharpest
from applicability.study.study import Grid
from conftest import COST, make_cell, vouched
from hypothesis import given
from hypothesis import strategies as st

GRID = Grid(study="s", learners=["net", "7"], scales=[0.1, 1.0], sample_sizes=[10, 100], replicates=3)


def scores() -> pd.DataFrame:
    """A score for every key of the grid, in the grid's order."""
    rng = np.random.default_rng(0)
    parts = []
    for learner, scale, n in product(GRID.learners, GRID.scales, GRID.sample_sizes):
        values = {name: rng.random(3) for name in ("accuracy", "bayes_accuracy", "auc", "plugin_accuracy")}
        devices = {"device": "cpu" if n == 10 else "cuda (H200)", "test_device": "cpu" if scale == 1 else "mps"}
        values |= COST | {"steps": n, "seconds": rng.random(3)} | devices
        parts.append(tables.of_replicates(learner, make_cell(scale=scale, n=n), **values))
    return pd.concat(parts, ignore_index=True)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=20))
def test_floats_come_back_to_the_bit(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "floats.csv"
    table = pd.DataFrame({"x": [0.5, *values]})
    tables.write(table, path)
    pd.testing.assert_frame_equal(tables.read(path), table, check_exact=True)


def test_names_stay_text_where_they_look_like_numbers(tmp_path):
    table = scores().replace({"learner": {"net": "NA"}})
    tables.write(table, tmp_path / "scores.csv")
    assert set(tables.read(tmp_path / "scores.csv")["learner"]) == {"NA", "7"}


def test_what_is_no_table_is_named(tmp_path):
    for content, said in (
        ("", "expected a table in CSV: it does not exist"),
        ("n,learner\n1,net\n", "expected a table with the columns n, scale; missing: scale"),
        ("n,scale,learner\n1,half,2\n", "expected numbers in column scale; found text"),
        ("n,scale\n", "expected a table with rows; found none"),
    ):
        path = vouched(tmp_path / "a.csv", content.encode()) if content else tmp_path / "a.csv"
        with pytest.raises(InputError, match=f"^{path}: {said}$"):
            tables.read(path, "n", "scale")


def test_the_best_known_column_is_the_exact_one():
    assert sharpest(pd.DataFrame({"gap": [1], "exact_gap": [2]}), "gap") == "exact_gap"
    assert sharpest(pd.DataFrame({"gap": [1], "exact_auc": [2]}), "gap") == "gap"
    with pytest.raises(InputError, match="gap: expected a table with this column; found x, y"):
        sharpest(pd.DataFrame({"x": [1], "y": [2]}), "gap")


def test_combining_sorts_whatever_the_order_of_the_cells_and_names_one_with_the_rows_of_another(tmp_path):
    parts = [rows for _, rows in scores().groupby(["learner", "scale", "n"])]
    paths = [tmp_path / f"{index}.csv" for index in range(len(parts))]
    for path, rows in zip(paths, parts, strict=True):
        tables.write(rows, path)
    combine(paths[::-1], GRID.json(), tmp_path / "all.csv")
    pd.testing.assert_frame_equal(tables.read(tmp_path / "all.csv"), scores())
    tables.write(parts[2], paths[-1])
    with pytest.raises(InputError, match=rf"wrong: .* in {paths[2]}, {paths[-1]}$"):
        combine(paths, GRID.json(), tmp_path / "all.csv")


def test_a_table_that_is_not_the_grid_is_refused():
    """A row is missing or there twice, a scale or a learner is another."""
    table = scores()
    others = table.replace({"scale": {1.0: 1.5}}), table.replace({"learner": {"net": "nets"}})
    for spoilt in (table.iloc[:-1], pd.concat([table, table.iloc[:1]]), *others):
        with pytest.raises(InputError, match="scores of study s: expected each of 24 keys once"):
            sorted_to(GRID, spoilt)


def test_a_summary_has_mean_sd_and_quartiles_of_replicates_and_of_one_no_scatter():
    """Quartiles of four values lie at ranks 1.75, 2.5 and 3.25."""
    table = tables.of_replicates("net", make_cell(replicates=4), accuracy=[0.4, 0.1, 0.3, 0.2], **COST | {"steps": 7})
    [row] = summary_of(table).to_dict("records")
    assert [row[name] for name in (*tables.KEYS[:-1], "replicates", "steps")] == ["s", "net", 0.5, 20, 4, 7]
    expected = {"mean": 0.25, "sd": np.sqrt(1 / 60), "q25": 0.175, "median": 0.25, "q75": 0.325}
    found = {name.removeprefix("accuracy_"): value for name, value in row.items() if name.startswith("accuracy_")}
    assert found == pytest.approx(expected)
    [alone] = summary_of(table[:1]).to_dict("records")
    assert [alone[f"accuracy_{part}"] for part in ("mean", "q25", "median", "q75")] == [0.4] * 4
    assert np.isnan(alone["accuracy_sd"])


def test_a_score_missing_in_one_replicate_is_missing_in_the_summary():
    table = scores()
    table.loc[0, ["accuracy", "diverged"]] = np.nan, True
    summary = summary_of(table.astype({"diverged": bool}))
    assert summary["diverged"].tolist() == [1] + [0] * 7
    assert summary.loc[0, [f"accuracy_{part}" for part in ("mean", "sd", "q25", "median", "q75")]].isna().all()
    assert summary.loc[0, "auc_mean"] == pytest.approx(table["auc"][:3].mean())


def test_a_summary_has_a_row_per_cell_and_learner_with_its_devices_and_no_costs():
    summary = summary_of(scores())
    assert summary[tables.KEYS[:-1]].equals(scores()[tables.KEYS[:-1]][::3].reset_index(drop=True))
    assert list(summary["device"]) == ["cpu", "cuda (H200)"] * 4
    assert list(summary["test_device"]) == ["mps", "mps", "cpu", "cpu"] * 2
    assert not [name for name in summary if name.startswith(("seconds", "versions", "device_", "test_device_"))]


def test_boundary_rmse_is_the_root_mean_square_of_the_errors():
    errors = np.array([0.3, -0.1, 0.4])
    table = tables.of_replicates("net", make_cell(), boundary_error=errors, **COST)
    assert summary_of(table)["boundary_rmse"].item() == pytest.approx(np.sqrt((errors**2).mean()))
    assert summary_of(table[:1])["boundary_rmse"].item() == pytest.approx(0.3)
    table.loc[1, "boundary_error"] = np.nan
    assert np.isnan(summary_of(table)["boundary_rmse"].item())
