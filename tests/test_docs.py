"""The pages: every number in them is the tables', every picture is there."""

import re
import shlex
import shutil
import sys
import textwrap

import pandas as pd
import pytest
import yaml
from applicability.config import schema
from checkouts import ROOT
from snakemake.cli import get_argument_parser
from snakemake.exceptions import CliException
from studies import studies_of

sys.path.insert(0, str(ROOT / "docs"))

import build
import fill

WRITTEN = ["README.md", "config/README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("page", build.PAGES)
def test_the_pages_have_the_numbers_of_the_tables(page):
    assert (ROOT / f"docs/{page}.md").read_text() == build.rendered(page)


@pytest.mark.parametrize(("page", "study"), [("what-it-shows", "gaussians"), ("other-studies", "clusters")])
def test_another_table_gives_another_page(tmp_path, monkeypatch, page, study):
    shutil.copytree(ROOT / "docs/tables", tmp_path / "tables")
    shutil.copyfile(ROOT / f"docs/{page}.md.jinja", tmp_path / f"{page}.md.jinja")
    path = tmp_path / f"tables/{study}/summary.csv"
    table = pd.read_csv(path)
    table[[name for name in table if name.endswith("_median")]] /= 2
    table.to_csv(path, index=False)
    monkeypatch.setattr(build, "DOCS", tmp_path)
    assert build.rendered(page) != (ROOT / f"docs/{page}.md").read_text()


def test_make_docs_runs_every_study_of_the_pages():
    text = (ROOT / "Makefile").read_text()
    [names] = re.findall(r"^docs: study.*\n\tset -e; for name in (.*); do", text, re.MULTILINE)
    configs = [yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()) for name in ["config", *names.split()]]
    assert set(build.FIGURES) == {study for config in configs for study in config["studies"]}


@pytest.mark.parametrize("page", WRITTEN)
def test_every_picture_page_and_place_that_is_pointed_to_is_there(page):
    path = ROOT / page
    for link in re.findall(r"\]\((?!http)([^)\s]+)\)", path.read_text()):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)", target.read_text().lower(), re.MULTILINE) if anchor else []
        assert not anchor or anchor in [re.sub(r"[^\w\- ]", "", each).replace(" ", "-") for each in headings], link


def test_the_front_page_is_short_and_leads_to_every_page():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 110
    pages = [page for page in WRITTEN if page != "README.md"]
    assert len(pages) >= 9
    assert [page for page in pages if not re.search(rf"^\| \[.+\]\({page}\) \| .{{20,}} \|$", text, re.MULTILINE)] == []


def indented(page: str) -> list[str]:
    """The blocks of a page that are set off by four spaces."""
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", (ROOT / page).read_text(), re.MULTILINE)
    return [textwrap.dedent(block).strip("\n") for block in found if block.strip()]


def test_the_readmes_config_is_a_config():
    [block] = [block for block in indented("README.md") if "studies:" in block]
    [study] = studies_of(yaml.safe_load(block)).values()
    assert study.name == "mine"
    assert list(study.learners) == ["net", "wide"]


def commands(page: str) -> list[str]:
    """The commands of a page, in blocks and within sentences, without what is said of them."""
    lines = [line for block in indented(page) for line in block.splitlines()]
    lines += re.findall(r"`((?:snakemake|make)(?: [^`]*)?)`", (ROOT / page).read_text())
    return [line.partition("  #")[0].strip() for line in lines if re.match(r"(snakemake|make)( |$)", line)]


PARSER = get_argument_parser()  # of snakemake
COMMANDS = sorted({(page, command) for page in WRITTEN for command in commands(page)})


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_every_command_is_one(page, command):
    check(command, (ROOT / page).read_text())


def check(command: str, text: str) -> None:
    """That a command has targets, rules, options, files and keys that are there, or that the page has one make."""
    program, *words = shlex.split(command)
    if program == "make":
        assert set(words) <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        return
    try:
        given, unknown = PARSER.parse_known_args(words)
    except (SystemExit, CliException) as error:
        raise AssertionError(f"{command}: {error}") from error
    assert not unknown
    files = [path for path in (given.configfile or []) if f"`{path}`" not in text]
    files += [given.workflow_profile] if given.workflow_profile else []
    assert [path for path in files if not (ROOT / path).exists()] == []
    smk = "".join(path.read_text() for path in [ROOT / "workflow/Snakefile", *(ROOT / "workflow/rules").glob("*.smk")])
    rules = re.findall(r"^ *rule (\w+):", smk, re.MULTILINE)
    assert [name for name in given.targets if name not in rules and not name.startswith("results/")] == []
    keys = [pair.partition("=")[0] for pair in given.config or []]
    assert set(keys) <= set(schema.whole_schema()["properties"])


@pytest.mark.parametrize(
    "command",
    ["make it", "snakemake verfy", "snakemake --kep-going", "snakemake --configfile config/none.yaml",
     "snakemake --config devise=cpu", "snakemake --workflow-profile profiles/none"],
)  # fmt: skip
def test_a_command_that_is_none_is_seen(command):
    with pytest.raises(AssertionError):
        check(command, "")


def test_every_picture_is_shown():
    shown = "".join((ROOT / page).read_text() for page in ("README.md", *(f"docs/{page}.md" for page in build.PAGES)))
    pictures = (str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs/pictures").rglob("*.png"))
    assert [picture for picture in pictures if picture not in shown] == []


@pytest.mark.parametrize("page", fill.PAGES)
def test_what_is_filled_into_a_page_is_up_to_date(page):
    """`make format` fills it in."""
    text = (ROOT / page).read_text()
    assert fill.PAGES[page](text) == text


@pytest.mark.parametrize("word", ["learning rate", "0.005"])
def test_another_word_in_a_table_of_keys_is_seen(word):
    text = (ROOT / "config/README.md").read_text()
    spoilt = text.replace(word.capitalize(), "x")
    assert fill.with_tables(spoilt) == text != spoilt


SHIPPED = {}
for path in (ROOT / "config").glob("*.yaml"):
    SHIPPED |= yaml.safe_load(path.read_text())["studies"]


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
