"""The pages: every number in them is the tables', every picture is there."""

import re
import shutil
import sys
import textwrap

import pandas as pd
import pytest
import yaml
from applicability import config as configs
from checkouts import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import build
import fill


@pytest.mark.parametrize("page", build.PAGES)
def test_the_pages_have_the_numbers_of_the_tables(page):
    assert (ROOT / f"docs/{page}.md").read_text() == build.rendered(page)


@pytest.mark.parametrize(("page", "study"), [("what-it-shows", "gaussians"), ("other-studies", "clusters")])
def test_another_table_gives_another_page(tmp_path, monkeypatch, page, study):
    shutil.copytree(ROOT / "docs/tables", tmp_path / "tables")
    shutil.copyfile(ROOT / f"docs/{page}.md.jinja", tmp_path / f"{page}.md.jinja")
    path = tmp_path / f"tables/{study}/summary.csv"
    table = pd.read_csv(path)
    table[[name for name in table if name.endswith("_mean")]] /= 2
    table.to_csv(path, index=False)
    monkeypatch.setattr(build, "DOCS", tmp_path)
    assert build.rendered(page) != (ROOT / f"docs/{page}.md").read_text()


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{page}.md" for page in build.PAGES)])
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
    shown = "".join((ROOT / page).read_text() for page in ("README.md", *(f"docs/{page}.md" for page in build.PAGES)))
    pictures = (str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs/pictures").rglob("*.png"))
    assert [picture for picture in pictures if picture not in shown] == []


@pytest.mark.parametrize("page", fill.PAGES)
def test_what_is_filled_into_a_page_is_up_to_date(page):
    """`make format` fills it in."""
    text = (ROOT / page).read_text()
    assert fill.PAGES[page](text) == text


@pytest.mark.parametrize("word", ["learning rate", "0.95"])
def test_another_word_in_a_table_of_keys_is_seen(word):
    text = (ROOT / "config/README.md").read_text()
    spoilt = text.replace(word.capitalize(), "x")
    assert fill.with_tables(spoilt) == text != spoilt


SHIPPED = {
    name: study
    for path in (ROOT / "config").glob("*.yaml")
    for name, study in yaml.safe_load(path.read_text())["studies"].items()
}


@pytest.mark.parametrize("name", build.FIGURES)
def test_the_pages_speak_of_the_shipped_studies(name):
    study, summary = SHIPPED[name], pd.read_csv(ROOT / f"docs/tables/{name}/summary.csv")
    assert sorted(summary["scale"].unique()) == study["scales"]
    assert sorted(summary["n"].unique()) == study["sample_sizes"]
    assert list(summary["learner"].unique()) == list(study["learners"])
    assert set(summary["replicates"]) == {study["replicates"]}


def test_the_page_names_the_target_of_the_default_study():
    study, page = SHIPPED["gaussians"], (ROOT / "docs/what-it-shows.md").read_text()
    assert f"(Target {study['target_accuracy']}, tolerance {study['tolerance']}.)" in page
