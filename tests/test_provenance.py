"""Where results come from, and whether those on disk are those of the config and the code."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from applicability.storage import provenance
from applicability.storage.files import CHANGED, records
from applicability.storage.provenance import write_provenance
from applicability.storage.verify import devices
from checkouts import JOBS, Project
from conftest import make_learner, record_beside


def git(folder, command: str) -> str:
    words = ["git", "-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.org", *command.split()]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_named_and_whether_the_tree_was_clean(tmp_path, monkeypatch):
    """Of a checkout whose code is where provenance asks git."""
    code = tmp_path / "workflow/code.py"
    code.parent.mkdir()
    code.write_text("1")
    monkeypatch.setattr(provenance, "PROJECT", tmp_path)
    monkeypatch.setattr(provenance, "__file__", str(code))
    commit = provenance.commit.__wrapped__  # which is not asked twice in a run
    assert commit() == "unknown"
    git(tmp_path, "init")
    (tmp_path / "mine.yaml").touch()
    git(tmp_path, "add mine.yaml")
    git(tmp_path, "commit --message another's")
    assert commit() == "unknown"  # of code that lies in another's repository
    git(tmp_path, "add .")
    git(tmp_path, "commit --message first")
    head = git(tmp_path, "rev-parse HEAD")
    assert commit() == head
    (tmp_path / "mine.yaml").write_text("2")
    assert commit() == head
    code.write_text("2")
    assert commit() == f"{head}, with changes"


def test_the_record_of_a_run_is_written_only_where_it_changes(tmp_path):
    path = tmp_path / "provenance.json"
    write_provenance(path, {"seed": 1}, "snakemake")
    first = path.stat().st_mtime_ns
    write_provenance(path, {"seed": 1}, "snakemake")
    assert path.stat().st_mtime_ns == first
    write_provenance(path, {"seed": 2}, "snakemake")
    assert json.loads(path.read_text())["config"] == {"seed": 2}


@pytest.mark.workflow
def test_results_say_where_they_come_from(finished):
    told = json.loads((finished.path / "results/provenance.json").read_text())
    assert told["command"] == "snakemake --configfile config/test.yaml --cores 2"
    assert told["config"]["studies"]["tiny"]["sample_sizes"] == [10, 100, 300]
    assert told["config"]["examples"]["gaussians"]["seed"] == 0  # a default
    assert {"torch", "numpy", "snakemake"} <= told["versions"].keys()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    assert told["machine"]["memory_gib"] == pytest.approx(memory, abs=1)
    results = finished.path / "results/tiny"
    records_of = [record_beside(results / name) for name in ("summary.csv", "scale=1/n=10/net/model.pt")]
    said = [json.loads(path.read_text()) for path in records_of]
    [(study, config, commit)] = {(each["study"], each["config"], each["commit"]) for each in said}
    assert (study, commit) == ("tiny", "unknown")
    described = f"study tiny, config {config}, commit unknown"
    for ending in ("pdf", "png", "svg"):
        assert described.encode() in (results / f"figures/gap-net.{ending}").read_bytes()
    folders = {path.parent for path in (finished.path / "results").rglob("*.*")}
    named = [name for folder in folders for _, files in records(folder) for name in files]
    assert sorted(named) == [f"results/{name}" for name in sorted([*finished.files(), "provenance.json"])]
    assert len(list((finished.path / "results").rglob(".*.json"))) == JOBS  # `all` has none, provenance.json has


def test_the_config_of_a_study_is_told_from_any_other():
    one, same, other = (provenance.origin("s", [make_learner(**changes)]) for changes in ({}, {}, {"hidden": [8]}))
    assert one == same
    assert one["config"] != other["config"]


def test_networks_are_counted_by_their_devices(tmp_path):
    """A row of a summary is as many networks as it has replicates."""
    rows = {"one": ["cpu,cpu,3", "cuda (H200),cpu,2"], "other": ["cuda (H200),mps,1000"]}
    for name, lines in rows.items():
        (tmp_path / name).write_text("\n".join(["device,test_device,replicates", *lines]))
    said = "Trainings by the device they ran on: cpu: 3, cuda (H200): 1,002; tested on: cpu: 5, mps: 1,000"
    assert devices([tmp_path / name for name in rows]) == said


@pytest.mark.workflow
def test_verifying_names_what_does_not_belong(project: Project):
    done = project.snakemake("verify")
    assert "files belong to this config and code, as they were written" in done.stdout
    assert "they ran on: cpu: 72; tested on: cpu: 72" in done.stdout  # 6 cells of 2 learners with 6 replicates
    results = project.path / "results/tiny"
    picture = results / "figures/needed.pdf"
    picture.write_bytes(picture.read_bytes() + b" ")
    (results / "scale=1/n=10/net/history.csv").unlink()
    (results / "scale=3").mkdir()
    (results / "scale=3/samples.npz").touch()
    (results / "scale=3/.cost.csv.json").write_text('{"files": {"results/tiny/scale=3/cost.csv": "0"}}')
    project.snakemake("--cleanup-metadata", "results/tiny/scale=0.2/n=10/net/cost.csv")
    model = "scale=0.2/n={n}/net/model.pt"
    for path in (Path, record_beside):
        shutil.copyfile(path(results / model.format(n=300)), path(results / model.format(n=100)))
    project.configure(tolerance=0.01)
    before = project.files()
    done = project.snakemake("verify", check=False)
    assert done.returncode == 1
    listed = dict(line.split(": ") for line in (project.path / "logs/verify.txt").read_text().splitlines())
    tiny = "results/tiny"
    assert listed.pop(f"{tiny}/figures/needed.pdf") == CHANGED
    assert listed.pop(f"{tiny}/scale=1/n=10/net/history.csv") == "not there"
    assert listed.pop(f"{tiny}/scale=3/samples.npz") == "not of this config"
    assert listed.pop(f"{tiny}/scale=3/.cost.csv.json") == "not of this config"
    assert listed[f"{tiny}/scale=0.2/n=10/net/cost.csv"].startswith("there is no record")
    assert listed[f"{tiny}/{model.format(n=100)}"] == f"written as {tiny}/{model.format(n=300)}"
    assert listed.pop(f"{tiny}/summary.csv") == "made with other settings or code than now"
    assert listed[f"{tiny}/figures/gap-net.png"] == "what it is made from does not belong"
    assert f"{tiny}/scale=0.2/n=10/samples.npz" not in listed
    assert project.files() == before


@pytest.mark.workflow
def test_what_is_deleted_leaves_no_record(project: Project):
    project.snakemake("--delete-all-output")
    assert {path.name for path in project.path.glob("results/**/*")} == {"provenance.json", ".provenance.json.json"}
