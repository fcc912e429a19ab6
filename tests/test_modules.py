"""The pipeline from elsewhere: as a module of another workflow, or from another folder."""

import json
import os
import re
import signal
import subprocess
import textwrap

import pytest
import snakemake
import yaml
from applicability import layout
from applicability.running import snakemake_inside
from applicability.storage import provenance
from checkouts import ROOT, SNAKEMAKE, Project, jobs_in, wait_for
from studies import studies_of, with_value

SMALL = yaml.safe_load((ROOT / "config/test.yaml").read_text())
SMALL["studies"]["tiny"] |= {"scales": [1], "sample_sizes": [10, 30], "replicates": 2, "test_draws": 200}
del SMALL["studies"]["tiny"]["learners"]["net"]
MODULE = """
module {name}:
    snakefile: "{snakefile}"
    config: config["accuracy"]
    prefix: "{name}"

use rule * from {name} as {name}_*
"""
OWN = """
rule by_shell:
    input: rules.first_all.input, rules.second_all.input, "by_run.txt"
    output: report("by_shell.txt")
    default_target: True
    shell: "cp by_run.txt {output}"

rule by_run:
    output: "by_run.txt"
    run:
        import pandas

        with open(output[0], "w") as file:
            file.write(pandas.__name__)
"""


def parent(path, text: str, config: dict) -> Project:
    """Another workflow, in a git repository of its own."""
    path.mkdir()
    (path / "Snakefile").write_text(text)
    (path / "config.yaml").write_text(yaml.safe_dump({"accuracy": config}))
    project = Project(path)
    for command in ("init", "add .", "-c user.name=x -c user.email=x@y commit --message x"):
        assert project.run("git", *command.split()).returncode == 0
    return project


@pytest.mark.workflow
@pytest.mark.long
def test_two_modules_of_another_workflow_make_the_same_files_in_shared_workers(tmp_path):
    files = {"first": ROOT / "Snakefile", "second": ROOT / "workflow/Snakefile"}
    modules = [MODULE.format(name=name, snakefile=file) for name, file in files.items()]
    project = parent(tmp_path / "parent", "".join(['configfile: "config.yaml"\n', *modules, OWN]), SMALL)
    done = project.run(SNAKEMAKE[0], "--cores", "2")
    assert done.returncode == 0, done.stdout
    assert (project.path / "by_shell.txt").read_text() == "pandas"  # which our own runs leave out

    first, second = (Project(project.path / name).files() for name in ("first", "second"))
    assert {path.removeprefix("results/") for path in layout.files_of_study(studies_of(SMALL)["tiny"])} <= set(first)
    assert first == second
    assert not (project.path / "results").exists()
    assert not list(project.path.rglob("provenance.json"))

    records = [json.loads(path.read_text()) for path in project.path.rglob("results/**/.*.json")]
    assert {each["commit"] for each in records} == {provenance.commit()}
    logs = len(list(project.path.rglob("logs/**/*.log")))
    assert logs == sum(jobs_in(done.stdout).values()) - 2  # but the two of the parent
    assert len(project.workers()) <= 2

    assert "Nothing to be done" in project.run(SNAKEMAKE[0], "-n").stdout
    done = project.run(SNAKEMAKE[0], "--report", "report.html")
    assert done.returncode == 0, done.stdout
    page = (project.path / "report.html").read_text()
    assert "by_shell.txt" in page
    assert "summary.html" in page


@pytest.mark.workflow
def test_the_page_shows_a_module_that_works(tmp_path):
    page = (ROOT / "docs/clusters.md").read_text()
    [block] = re.findall(r"^    configfile:.*\n(?:(?:    .*)?\n)+", page, re.MULTILINE)
    text = textwrap.dedent(block).replace("applicability/Snakefile", str(ROOT / "Snakefile"))
    assert str(ROOT) in text
    project = parent(tmp_path / "parent", text, {"device": "cpu", "studies": {"mine": SMALL["studies"]["tiny"]}})
    jobs = jobs_in(project.run(SNAKEMAKE[0], "-n").stdout)
    assert jobs.items() >= {"answer": 1, "accuracy_plan": 1, "accuracy_train": 2}.items()
    (project.path / "config.yaml").write_text("accuracy: {studies: {mine: {seeds: 0}}}")
    assert "config: studies.mine.seeds: unknown" in project.run(SNAKEMAKE[0], "-n").stdout


@pytest.mark.workflow
def test_ctrl_c_ends_a_module_too_and_calls_no_worker_killed(tmp_path):
    long = with_value(SMALL, ["studies", "tiny", "learners", "net-steps", "steps"], 10**6)
    module = MODULE.format(name="first", snakefile=ROOT / "Snakefile")
    project = parent(tmp_path / "parent", f'configfile: "config.yaml"\n{module}', long)
    with open(project.path / "said", "w") as said:
        words = [SNAKEMAKE[0], "--cores", "1", "first_all"]
        run = subprocess.Popen(words, cwd=project.path, stdout=said, stderr=said, start_new_session=True)
    wait_for(lambda: any(path.read_text() for path in project.path.glob("first/logs/train/**/*.log")))
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(60) == 1
    assert "on user request" in project.said()
    assert "WorkerDied" not in project.said()


@pytest.mark.workflow
def test_it_runs_into_another_folder(tmp_path):
    """test_rules.py runs it from another folder."""
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(SMALL))
    words = ["-n", "--snakefile", "workflow/Snakefile", "--configfile", tmp_path / "mine.yaml"]
    jobs = jobs_in(Project(ROOT).run(SNAKEMAKE[0], *words, "--directory", tmp_path).stdout)
    assert (jobs["train"], jobs["summarise"]) == (2, 1)


@pytest.mark.parametrize(("version", "lines"), [("9.27.5", 0), ("9.28.0", 1), ("10.27.1", 1)])
def test_another_version_of_snakemake_is_told_in_a_line(monkeypatch, version, lines):
    said = []
    monkeypatch.setattr(snakemake, "__version__", version)
    monkeypatch.setattr(snakemake_inside.logger, "warning", said.append)
    snakemake_inside.check_version.__wrapped__()
    assert said == [f"Made for Snakemake 9.27; found {version}, with which it was not tried."] * lines


def test_the_rules_ask_of_snakemakes_inside_only_where_they_lie():
    files = [path for path in (ROOT / "workflow").rglob("*") if path.is_file() and path.suffix in (".py", ".smk", "")]
    texts = {path: path.read_text() for path in (ROOT / "Snakefile", *files) if path.name != "snakemake_inside.py"}
    found = {path: re.findall(r"(?<![/\w])workflow\.([a-z_]+)", text) for path, text in texts.items()}
    asked = {(path.name, name) for path, names in found.items() for name in names}
    assert {path.name for path in texts} >= {"Snakefile", "common.smk", "cells.smk", "workers.py"}
    assert asked == {("common.smk", "current_basedir")}
