"""One set of versions, wherever they come from."""

import re
import subprocess
import tomllib
from importlib.metadata import version

import yaml
from checkouts import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
DIRECT = PROJECT["dependencies"] + EXTRAS["dev"] + EXTRAS["cluster"]


def pins(lines) -> dict[str, str]:
    """Versions by package name, as pip writes names."""
    found = [re.fullmatch(r"([\w.-]+)==([\w.+]+)", line) for line in lines]
    assert all(found), lines
    return {match[1].lower().replace("_", "-"): match[2] for match in found}


def test_versions_are_the_same_wherever_they_come_from():
    """In pyproject.toml, in environment.yml, in the lock, and as installed."""
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    *listed, own = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    assert own == "--editable ."
    assert pins(listed) == pins(DIRECT)
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    locked = pins(line for line in lines if line and not line.startswith("#"))
    assert pins(DIRECT + EXTRAS["slurm"] + EXTRAS["benchmark"]).items() <= locked.items()
    assert {name: version(name).partition("+")[0] for name in pins(DIRECT)} == pins(DIRECT)


def commands(target: str) -> str:
    """What `make` would do for a target where nothing is there yet."""
    make = ["make", "--dry-run", "--always-make", "--no-print-directory", target]  # make test runs this within make
    return subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_sets_up_what_a_target_needs_and_no_more():
    alone = commands("setup")
    assert alone.startswith('echo "Setting up .venv, once: ')
    assert "'.[cluster]'" in alone
    assert not re.search(r"\bdev\b|bin/snakemake|bin/pytest", alone)
    for target, tests in (("study", False), ("paper", False), ("test", True), ("check", True)):
        said = commands(target)
        assert said.index("'.[cluster]'") < said.index("bin/snakemake" if not tests else "'.[cluster,dev]'")
        assert ("'.[cluster,dev]'" in said) == tests
