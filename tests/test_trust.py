"""What is given is data: no shell reads it, no name leaves its folder, no code is run, and nobody is called."""

import ast
import contextlib
import functools
import json
import operator
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from applicability.config import schema
from applicability.errors import InputError
from applicability.learners.discriminant import RULES
from applicability.running.workers import command_line
from checkouts import ROOT
from conftest import guarded
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from studies import studies_of

NASTY = ["$(touch x)", "../x", "a b", "'", "x\n", "*", "{input}", "-rf", ""]
TEST = yaml.safe_load((ROOT / "config/test.yaml").read_text())
TINY = TEST["studies"]["tiny"]


def texts(value, *above):
    """Where there is a text within a config, and each name, with whether it is one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*above, key), True
            yield from texts(inner, *above, key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, *above, index)
    elif isinstance(value, str):
        yield above, False


GIVEN = TEST | {"examples": {"gaussians": {"activation": "relu"}}}
GIVEN["studies"]["tiny"] |= {"baseline": "net"}
GIVEN["studies"]["tiny"]["learners"]["net"] |= {"activation": "tanh"}


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_of_a_config_may_be_a_path_or_a_command(nasty, record_property):
    """Every one is a name or of a list, so that none reaches a shell, a path or Snakemake's braces."""
    found = list(texts(GIVEN))
    assert len(found) > 30
    for place, is_name in found:
        config = json.loads(json.dumps(GIVEN))
        *above, last = place
        inner = functools.reduce(operator.getitem, above, config)
        inner[nasty if is_name else last] = inner.pop(last) if is_name else nasty
        with pytest.raises(InputError):
            studies_of(config)
    record_property("nasty texts in a config refused", len(found))


@given(st.one_of(st.text(max_size=70), st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,70}\n?", fullmatch=True)))
@settings(max_examples=100)
def test_a_name_that_is_admitted_is_a_plain_part_of_a_path(name):
    assume(name.lower() not in ("a0", "b0"))
    learner = {"hidden": [], "steps": 1}
    study = TINY | {"task": {name: {"norm": {}}, "a0": {"norm": {}}}, "baseline": name}
    study["learners"] = {name: learner, "b0": learner}
    taken = ("examples", *RULES.values())
    good = re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", name) and name.lower() not in taken
    with contextlib.nullcontext() if good else pytest.raises(InputError):
        studies_of({"studies": {name: study}})


def test_a_shell_that_reads_a_logged_command_does_nothing_else(tmp_path):
    arguments = {"samples": NASTY[:-1], "learner": "$(touch x); touch y"}
    line = command_line("train", arguments).partition(" ")[2]
    words = ["sh", "-c", f"printf '%s\\0' {line}"]
    shown = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shown.stdout.split("\0")[3:-1] == ["--samples", *NASTY[:-1], "--learner", "$(touch x); touch y"]
    assert list(tmp_path.iterdir()) == []


def calls(path: Path):
    """Names of what a module calls, with the arguments by place or name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            named = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            yield ast.unparse(node.func), dict(enumerate(map(ast.unparse, node.args))) | named


def test_the_library_loads_safely_and_neither_it_nor_a_rule_calls_a_shell():
    found = [(path, *call) for path in (ROOT / "workflow/applicability").rglob("*.py") for call in calls(path)]
    names = {name for _, name, _ in found}
    assert {"torch.load", "np.load", "yaml.load", "yaml.safe_load"} <= names
    assert {path.name for path, name, _ in found if name == "exec"} == {"own_code.py"}  # a class that the config names
    assert not names & {"eval", "os.system", "os.popen", "pickle.load", "pickle.loads", "yaml.unsafe_load"}
    for path, name, options in found:
        assert options.get("shell", "False") == "False", path
        if name == "torch.load":
            assert options["weights_only"] == "True", path
        if name == "np.load":
            assert options["allow_pickle"] == "False", path
        if name in ("yaml.load", "yaml.compose"):
            assert "LOADER" in options.values(), path
    assert schema.LOADER in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", None))
    for path in [ROOT / "Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]:
        assert not re.search(r"^\s*(shell|script):|\bshell\(", path.read_text(), re.MULTILINE), path


def test_a_run_calls_nobody(finished, tmp_path):
    """The run that other tests share is guarded."""
    record = tmp_path / "calls"
    tried = [sys.executable, "-c", "import urllib.request; urllib.request.urlopen('http://localhost:9')"]
    assert subprocess.run(tried, env=guarded(record), capture_output=True).returncode == 1
    assert "out getaddrinfo" in record.read_text()
    said = (finished.path.parent / "calls").read_text().splitlines()
    assert "here connect" in "".join(said)  # workers were asked for: the guard was there
    assert [line for line in said if line.startswith("out")] == []
