"""The pages: every number in them is the tables', every picture is there."""

import re
import sys
import textwrap

import pandas as pd
import pytest
import yaml
from applicability import config as configs
from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import build


def test_the_page_has_the_numbers_of_the_tables():
    assert (ROOT / "docs/what-it-shows.md").read_text() == build.rendered()


def test_another_table_gives_another_page(tmp_path, monkeypatch):
    for name in ("summary", "optimum", "planning"):
        table = pd.read_csv(ROOT / f"docs/tables/{name}.csv")
        if name == "summary":
            table["exact_accuracy_mean"] /= 2
        (tmp_path / "tables").mkdir(exist_ok=True)
        table.to_csv(tmp_path / f"tables/{name}.csv", index=False)
    (tmp_path / "what-it-shows.md.jinja").write_text((ROOT / "docs/what-it-shows.md.jinja").read_text())
    monkeypatch.setattr(build, "DOCS", tmp_path)
    assert build.rendered() != (ROOT / "docs/what-it-shows.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/what-it-shows.md"])
def test_every_picture_and_page_that_is_pointed_to_is_there(page):
    path = ROOT / page
    links = re.findall(r"\]\((?!http)([^)#]+)", path.read_text())
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readmes_config_is_a_config():
    block = re.search(r"\n(    studies:\n(?:    .*\n)+)", (ROOT / "README.md").read_text())[1]
    [study] = configs.studies(configs.checked(yaml.safe_load(textwrap.dedent(block)))).values()
    assert study.name == "mine"
    assert list(study.learners) == ["net", "wide"]


def test_every_picture_is_shown():
    shown = "".join((ROOT / page).read_text() for page in ("README.md", "docs/what-it-shows.md"))
    assert [path.name for path in (ROOT / "docs/pictures").iterdir() if path.name not in shown] == []


def test_the_page_speaks_of_the_default_study():
    [study] = yaml.safe_load((ROOT / "config/config.yaml").read_text())["studies"].values()
    summary = pd.read_csv(ROOT / "docs/tables/summary.csv")
    assert sorted(summary["scale"].unique()) == study["scales"]
    assert sorted(summary["n"].unique()) == study["sample_sizes"]
    assert list(summary["learner"].unique()) == list(study["learners"])
    assert set(summary["replicates"]) == {study["replicates"]}
    page = (ROOT / "docs/what-it-shows.md").read_text()
    assert f"(Target {study['target_accuracy']}, tolerance {study['tolerance']}.)" in page
