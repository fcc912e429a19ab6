"""Bad configs get one line that names the key, what is allowed and what was found, before anything is done."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from applicability.__main__ import parse_argument
from applicability.config import studies as configs
from applicability.config.reading import check_files, explain_refusal
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.study.study import Grid
from checkouts import ROOT, SNAKEMAKE
from conftest import assert_one_line, make_cell, make_learner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import CONFIG, make_study, with_value

GRID = Grid(study="s", learners=["net"], scales=[0.5], sample_sizes=[20], replicates=3)
# and arguments of commands, by their names in the schema
GOOD = {"config": yaml.safe_load(CONFIG) | {"examples": {"gaussians": {}, "clusters": {}}}}
GOOD |= {name: json.loads(made.json()) for name, made in (("cell", make_cell()), ("grid", GRID))}
GOOD |= {"study": json.loads(make_study().json()), "learner": json.loads(make_learner().json())}
SHORT = {  # in the tables below
    r"^S\b": "config.studies.s",
    r"^NET\b": "config.studies.s.learners.net",
    r"^A\b": "config.studies.s.task.a",
    "COUNT": "expected a whole number ≥ 1 and ≤ 1000000000; found",
    "SEED": "expected a whole number ≥ 0 and ≤ 9223372036854775807; found",
    "POSITIVE": "expected a number > 0 and ≤ 1e+30; found",
    "SHARE": "expected a number ≥ 0 and < 1; found",
    "A_NAME": "expected a name of letters, digits, _ and -, a letter first, 64 at most; found",
    "OF_LEARNER": "expected a name of letters, digits, _, -, = and . before a digit, a letter first, 64 at most; found",
    "TAKEN": "expected another name than plug-in, nearest-mean, shrunk; found",
    "DEVICE": "expected one of auto, cpu, cuda, cuda:1, mps; found",
    "ACTIVATION": "expected one of relu, leaky_relu, elu, silu, gelu, tanh, sigmoid; found",
    "FINITE": "expected a finite number, up to 1e+300; found",
    "BLURRED": "to differ in float32; found",
    "COORDINATES": "expected as many coordinates in every group; found",
    "OWN": '{python: "FILE.py:CLASS"}',
    "ONE_BUDGET": "expected exactly one of epochs, steps; found",
    "YES": "(YAML reads yes, on and true so: write a name in quotes, 'yes')",
    "NO": "(YAML reads no, off and false so: write a name in quotes, 'no')",
}
# where (each of them), what is put there (--- takes it away), and what the line says behind that place (^: the place
# above); … is anything
BAD = r"""
config.studies              | ---                   | ^: 'studies' is missing
config.studies S.learners   | {}                    | : expected at least one entry; found none
config.studies A.norm       | ~                     | : expected a mapping; found None
config.device               | gpu                   | : DEVICE 'gpu'
config.device               | "cuda:"               | : DEVICE 'cuda:'
config.device               | "cpu\n"               | : DEVICE 'cpu\n'
config.device S.baseline study.baseline | 1         | : expected a text; found 1
S.replicates S.test_draws NET.epochs NET.batch_size config.examples.clusters.n | 0 | : COUNT 0
cell.n cell.test_draws cell.replicates learner.batch_size grid.replicates study.learners.0.steps | 0 | : COUNT 0
S.replicates cell.n         | 1000000001            | : COUNT 1000000001
S.replicates                | 2.5                   | : COUNT 2.5
S.replicates                | true                  | : COUNT True
S.replicates                | ten                   | : COUNT 'ten'
S.replicates                | "1.5"                 | : COUNT '1.5'
S.replicates grid.replicates | "1e3"                | : COUNT '1e3' (YAML reads it as text: write 1000)
NET.hidden learner.hidden   | [64, 0]               | .1: COUNT 0
S.seed config.examples.clusters.seed cell.seed study.seed | -1 | : SEED -1
S.seed                      | 0x8000000000000000    | : SEED 9223372036854775808
S.tolerance NET.dropout learner.dropout study.tolerance | 1 | : SHARE 1
S.tolerance                 | -0.1                  | : SHARE -0.1
S.target_accuracy study.target_accuracy | 0         | : expected a number > 0 and ≤ 1; found 0
S.target_accuracy           | 1.01                  | : expected a number > 0 and ≤ 1; found 1.01
A.norm.scale config.examples.gaussians.scale cell.scale | 0 | : POSITIVE 0
A.norm.loc                  | x                     | : expected a number ≥ -1e+30 and ≤ 1e+30; found 'x'
S.scales grid.scales        | [0.2, -0.0]           | .1: POSITIVE -0.0
S.scales                    | [1.1e+30]             | .0: POSITIVE 1.1e+30
S.scales                    | [1e-3]                | .0: POSITIVE '1e-3' (YAML reads it as text: write 0.001)
S.scales cell.scale         | .nan                  | : FINITE nan
S.scales                    | [-1.1e+300]           | .0: FINITE -1.1e+300
S.sample_sizes NET.hidden | ---                     | ^: '$' is missing
S.scales S.sample_sizes S.task.a grid.learners | [] | : expected at least 1; found 0
S.scales grid.learners NET.hidden | 0.2             | : expected a list; found 0.2
S.scales                    | !!python/tuple [1]    | : expected a list; found (1,)
S.scales S.sample_sizes     | [10, 1, 10]           | : expected each value once; found 10 twice
S.scales | [0x1000000000000000, 0x1000000000000001] | : expected each once; found 1.152921504606847e+18 2 times
S.scales                    | [5, 1.9e-4] | : expected at least 0.0002 for draws of b about 2 BLURRED 0.00019
cell.scale                  | 1.9e-4      | : expected at least 0.0002 for draws of b about 2 BLURRED 0.00019
config.examples.clusters.scale | 4.9e-4   | : expected at least 0.0005 for draws of class 2 about 5 BLURRED 0.00049
S.task                      | {a: {norm: {}}}       | : expected at least two entries; found a
S.task | {a: &n {norm: {}}, b: *n, c: *n, d: *n, e: *n, f: *n, g: *n} | : expected at most 6 entries; found a, …
S.task.0                    | {norm: {}}            | ^: expected a text; found 0 (a name has a letter first, as a0 has)
S.task.no                   | {norm: {}}            | ^: expected a text; found False NO
S.task.yes                  | {norm: {}}            | ^: expected a text; found True YES
NET.optimiser learner.optimiser | {}                | : expected one entry; found none
S.task.a                    | {}                    | : expected one distribution; found none
A                           | {norm: {}, t: {df: 3}} | : expected one distribution; found norm, t
A                           | {times: 3}            | : expected one distribution; found none
A                           | {norm: {}, times: 0}  | .times: expected a whole number ≥ …; found 0
A                           | {norm: {}, weight: 1} | .weight: unknown; allowed: cauchy, …
A | {mixture: [{norm: {}, weights: 1}, {norm: {}}]} | .mixture.0.weights: unknown; …; did you mean 'weight'?
A                           | {mixture: [{norm: {}}]} | .mixture: expected at least 2; found 1
A                           | {mixture: [[{norm: {}}], {weight: 1}]} | .mixture.1: expected one distribution; found none
A                           | {mixture: [norm, {t: {df: 3}}]} | .mixture.0: expected a mapping; found 'norm' …
A                           | {multivariate_normal: {mean: [0, 0]}} | .multivariate_normal: 'cov' is missing
A                           | norm                  | : expected a mapping; found 'norm' (write {norm: {loc: 1.0}})
A                           | [{norm: {}}, {nrom: {}}] | .1.nrom: unknown; allowed: cauchy, …; did you mean 'norm'?
A                           | [{norm: {}}, {norm: {}}] | ^: COORDINATES 2 in a, 1 in b
A                           | {t: {}}               | .t: 'df' is missing
A                           | {t: {df: -1}}         | .t.df: expected a number ≥ …; found -1
S.baseline                  | net                   | : expected another learner to compare with it; found none
S.learners.a b              | {hidden: [], steps: 1} | ^: OF_LEARNER 'a b'
S.learners.plug-in S.learners.shrunk | {hidden: [], steps: 1} | ^: TAKEN '$'
cell.study grid.study study.name | ../x      | : A_NAME '../x'
learner.name                | ../x                  | : OF_LEARNER '../x'
NET.activation learner.activation config.examples.clusters.activation | relo | : ACTIVATION 'relo'; did you mean 'relu'?
NET.standardise learner.standardise | "no"          | : expected true or false; found 'no'
NET.optimiser               | Adam                  | : expected a mapping; found 'Adam' (write {adam: {lr: 0.001}})
NET.optimiser               | {SGD: {lr: 1}}        | .SGD: unknown; allowed: adam, adamw, sgd; did you mean 'sgd'?
NET.optimiser               | {sgd: {}}             | .sgd: 'lr' is missing
NET.optimiser               | {adam: {lr: 0}}       | .adam.lr: POSITIVE 0
NET.optimiser               | {sgd: {lr: 1, nesterov: true}} | .sgd: 'momentum' is missing
NET.optimiser | {sgd: {lr: 1, nesterov: true, momentum: 0}} | .sgd.momentum: expected a number > 0; found 0
NET.optimiser               | {adamw: {lr: 1, betas: [0.9]}} | .adamw.betas: expected at least 2; found 1
NET.optimiser               | {adamw: {lr: 1, betas: [0.9, 0.9, 0.9]}} | .adamw.betas: expected at most 2; found 3
NET.epochs learner.steps    | ---                   | ^: ONE_BUDGET neither
NET.steps learner.epochs    | 5                     | ^: ONE_BUDGET epochs and steps
cell.n grid.scales learner.name study.task | ---    | ^: '$' is missing
cell.x                      | 1 | : unknown; allowed: n, observe, replicates, scale, … training, weights
cell.weights                | [1]                   | : expected at least 2; found 1
cell.weights                | [0.5, 0.2]            | : expected weights of 2 groups, of sum 1; found [0.5, 0.2]
cell.weights                | [0.5, 0.2, 0.3]       | : expected weights of 2 groups, of sum 1; found [0.5, 0.2, 0.3]
cell.training               | as_weights            | : expected the key weights beside as_weights; found none
cell.training               | by_luck               | : expected one of balanced, as_weights; found 'by_luck'
cell.task                   | []                    | : expected at least 2; found 0
cell.task.0.1               | []                    | : expected at least 1; found 0
cell.task.0.1               | [{norm: {}}, {norm: {}}] | ^^: COORDINATES 2 in a, 1 in b
"""
# unknown keys that people write: where, and what the line ends in
UNKNOWN = """
config.devise               | ; did you mean 'device'?
config.gpu                  | ; did you mean 'device'?
config.seed                 | ; write studies: {NAME: {seed: 7}}
config.1                    | allowed: device, examples, studies
config.examples.gaussian    | ; did you mean 'gaussians'?
config.examples.no          | allowed: clusters, gaussians NO
config.examples.clusters.batch_size | ; write learners: {NAME: {batch_size: 32}}
S.data                      | ; data of your own are a table: task: {table: {file: data/patients.csv, group: diagnosis}}
S.prevalence                | ; write studies: {NAME: {weights: {GROUP: NUMBER}}}
S.n                         | ; did you mean 'sample_sizes'?
S.sigma                     | ; did you mean 'scales'?
S.hidden                    | ; write learners: {NAME: {hidden: [64, 64]}}
A.norm.mu                   | ; did you mean 'loc'?
A.Normal                    | ; did you mean 'norm'?
A.poisson                   | ; counts have no width that the scale could vary, and no density
A.simulator                 | ; a simulator is a class in a Python file, which draws: OWN
A.mixtures                  | ; did you mean 'mixture'?
A.multivariate_gaussian     | ; did you mean 'multivariate_normal'?
A.covariance                | ; did you mean 'multivariate_normal'?
A.triang                    | , weibull_min
NET.lr                      | ; write optimiser: {sgd: {lr: 0.001}}
NET.betas                   | ; write optimiser: {adam: {betas: [0.9, 0.99]}}
NET.Adam                    | ; write optimiser: {adam: {lr: 0.001}}
NET.batchSize               | ; did you mean 'batch_size'?
NET.colour                  | optimiser, patience, python, sklearn, standardise, steps, validation
"""


def rows(table: str) -> list[list[str]]:
    """The cells of a table above, a row for each place, what is short written out."""
    found = [re.split(r" *\| ", line) for line in table.strip().splitlines()]
    found = [[place, *cells] for places, *cells in found for place in re.split(r" (?=\w+\.)", places)]
    for short, long in SHORT.items():
        found = [[re.sub(short, long, cell) for cell in row] for row in found]
    return found


def keys_of(path: str) -> list:
    """The keys of a path, as YAML reads them."""
    return [*map(yaml.safe_load, path.split("."))]


def changed(path: str, value) -> dict:
    """A copy of the good config or argument that a path begins with, with one key set or (...) taken away."""
    name, *keys = keys_of(path)
    return with_value(GOOD[name], keys, value)


def errors_of(found: dict, name: str = "config") -> list[str]:
    """The lines that refuse a config or argument."""
    with pytest.raises(InputError) as refused:
        validate(found) if name == "config" else parse_argument(name, json.dumps(found))
    return str(refused.value).splitlines()


@pytest.mark.parametrize(("path", "value", "said"), rows(BAD))
@pytest.mark.usefixtures("refusal")
def test_a_bad_value_is_refused_in_one_line(path, value, said):
    value = ... if value == "---" else yaml.load(value, yaml.FullLoader)
    [line] = errors_of(changed(path, value), path.partition(".")[0])
    *keys, last = path.split(".")
    place = ".".join([*keys, last][: -said.count("^") or None])
    whole = re.sub(r"^config\.", "config: ", place + said.strip("^").replace("$", last))
    start, _, end = whole.partition("…")
    assert (line.startswith(start) and line.endswith(end)) if "…" in whole else line == whole


@pytest.mark.parametrize(("path", "said"), rows(UNKNOWN))
@pytest.mark.usefixtures("refusal")
def test_an_unknown_key_is_answered_by_what_is_meant(path, said):
    [line] = errors_of(changed(path, 1))
    assert line.startswith(f"config: {'.'.join(map(str, keys_of(path)[1:]))}: unknown; allowed: ")
    assert line.endswith(said)


def test_all_errors_are_told_in_the_order_of_the_config():
    study = GOOD["config"]["studies"]["s"]
    bad = """
    learners: {net: {hidden: [0], epochs: 0}, a b: {hidden: [], steps: 1}}
    seed: -1
    task: {a: {norm: {loc: x}}, b: {nrom: {}}}
    sample_sizes: [10, 2.5]
    """
    said = [line.split(": ")[1] for line in errors_of({"studies": {"s": yaml.safe_load(bad)}})]
    places = ["learners.net.hidden.0", "learners.net.epochs", "learners", "seed", "task.a.norm.loc", "task.b.nrom"]
    assert said == [f"studies.s.{place}".rstrip(".") for place in [*places, "sample_sizes.1"]]
    many = errors_of({"studies": {"s": study | {"sample_sizes": [0] * 5, "scales": [*range(-10, 0)]}}})
    assert len(many) == 11
    assert many[0].startswith("config: studies.s.scales.0")
    assert many[-1] == "config: and 6 more"
    assert errors_of({}, "cell")[10:] == []  # seven keys
    ten = errors_of({"studies": {"s": study | {"scales": [*range(-10, 0)]}}})
    assert [line.split(": ")[1] for line in ten] == [f"studies.s.scales.{place}" for place in range(10)]


def test_what_comes_of_another_error_is_not_told():
    config = changed("config.studies.s.sample_size", [1])
    del config["studies"]["s"]["sample_sizes"]
    assert len(errors_of(config)) == 1  # and not that `sample_sizes` is missing
    del config["studies"]["s"]["learners"]
    assert len(errors_of(config)) == 2
    config = changed("config.studies.s.learners.net.epoch", 3)
    del config["studies"]["s"]["learners"]["net"]["epochs"]
    assert len(errors_of(config)) == 1
    # and not that one distribution is expected
    assert len(errors_of(changed("config.studies.s.task.a", {"loc": 1, "scale": 2}))) == 2


def test_all_that_no_schema_can_say_is_told_at_once():
    study = copy.deepcopy(GOOD["config"]["studies"]["s"]) | {"scales": [1e-5], "baseline": "nett"}
    study["learners"]["Net"] = study["learners"]["net"]
    study["task"]["a"] = [{"norm": {}}] * 2
    examples = {"examples": {"clusters": {"scale": 1e-5}}}
    lines = errors_of(examples | {"studies": {"s": study, "Examples": GOOD["config"]["studies"]["s"]}})
    places = ["examples.clusters.scale", "studies", *(f"studies.s.{key}" for key in ("task", "scales", "learners"))]
    assert [line.split(": ")[1] for line in lines] == [*places, "studies.s.baseline"]
    assert lines[1].endswith(": expected each once, in capitals or not; found examples 2 times")
    assert lines[-1].endswith(": expected one of the learners net, Net; found 'nett'; did you mean 'net'?")


def test_a_value_at_its_limit_is_good():
    """And one just beyond is refused above."""
    for path, value in {
        "S.seed": 2**63 - 1, "S.replicates": 10**9, "S.target_accuracy": 1, "S.tolerance": 0, "S.scales": [2e-4, 1e30],
        "NET.dropout": 0, "config.device": "cuda:10", "config.examples.clusters.scale": 5e-4,
        "S.task": {each * 64: {"norm": {}} for each in "abcdef"},
    }.items():  # fmt: skip
        [[path]] = rows(path)
        assert configs.studies(validate(changed(path, value)))
    [line] = errors_of(changed(f"config.studies.s.learners.{'x' * 65}", {"hidden": [], "steps": 1}))
    assert line.endswith(f"64 at most; found '{'x' * 65}'")


TWICE = CONFIG.replace("    scales", "    seed: 1\n    seed: 2\n    scales")
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
BOMB += "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True))
FILES = {  # what is written as config.yaml, and what the line says behind its name, or (behind `config:`) begins with
    "nothing": ("# studies\n", ": expected a mapping with the key 'studies'; found an empty file"),
    "a list": ("- studies\n", ": expected a mapping with the key 'studies'; found a list"),
    "a text": ("studies\n", ": expected a mapping with the key 'studies'; found a text"),
    "tab": ("studies:\n\ts: 1\n", ", line 2, column 1: expected YAML or JSON; found a tab; YAML is indented by spaces"),
    "unclosed": ("a: {\n", ", line 2, column 1: expected YAML or JSON; did not find expected node content while "),
    "two documents": ("a: 1\n--- 2\n", ", line 2, column 1: expected YAML or JSON; but found another document "),
    "latin-1": (b"# caf\xe9\n", ": expected YAML or JSON; 'utf-8' codec can't decode byte 0xe9"),
    "a nul": (CONFIG + "\0", ": expected YAML or JSON; unacceptable character"),
    "key twice": (TWICE, ": expected each key once; found seed 2 times"),
    "in JSON, in a list": ('{"studies": [{"a": 1,\n\t"a": 2}]}', ": expected each key once; found a 2 times"),
    "behind an anchor": ("a: &a {b: 1, b: 2}\nstudies: {<<: *a}\n", ": expected each key once; found b 2 times"),
    "template": ("__use_yte__: true\nstudies: 3\n", ": __use_yte__: a config is no program"),
    "line break in a key": (CONFIG + '"a\\nb": 2\n', "config: a b: unknown; allowed: device"),
    "escape in a key": (CONFIG + '"a\\e[31m": 2\n', "config: a\\x1b[31m: unknown; allowed: device"),
    "taken": (CONFIG.replace("  s:", "  examples:"), "config: studies: expected another name than examples; "),
    "function": ("studies: !!python/name:os.system\n", "config: studies: expected a mapping; found <"),
    "bomb": (BOMB, "config: f.0.3.3.7.2.1: expected no more than 100,000 values in all"),
    "endless": ("studies: &s [*s]\n", f"config: studies{'.0' * 19}: expected no more than 20 levels"),
    "digits": (f"a: 0x{'f' * 5000}\n", "config: a: expected a finite number, up to 1e+300; found a number of "),
    "digits as key": (f"? 0x{'f' * 5000}\n: 1\n", "config: expected a finite number, up to 1e+300; found a number of "),
    "long": (
        f"studies: {'x' * 99}{'y' * 99}z\n",
        f"config: studies: expected a mapping; found '{'x' * 99} ... {'y' * 48}z'",
    ),
}


def read(path: Path) -> dict:
    """A config file, as Snakemake and we read it."""
    check_files([path])
    return validate(yaml.load(path.read_text(), yaml.FullLoader))


@pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES)
@pytest.mark.usefixtures("refusal")
def test_bad_config_files_are_refused(content, said, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as refused:
        read(path)
    assert_one_line(str(refused.value), said)
    assert str(refused.value).startswith(said if said.startswith("config") else f"config: {path}{said}")


def test_a_key_that_is_there_twice_in_config_by_hand_is_refused():
    with pytest.raises(InputError, match="--config: expected each key once; found seed 2 times"):
        check_files([], ["device=cpu", "studies={s: {seed: 1, seed: 2}}"])
    check_files([], ["device=cpu", "studies=[[["])


def test_what_snakemake_refuses_without_a_name_is_explained(tmp_path, monkeypatch):
    """Snakemake says of the first three "must be given as JSON or YAML with keys at top level" and the like."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"good.yaml": CONFIG, "broken.yaml": "a: {\n", "empty.yaml": "", "scores.csv": "a,b\n"}.items():
        Path(name).write_text(text)
    for words, said in {
        "--configfile broken.yaml -n": "config: broken.yaml, line 2, column 1: expected YAML or JSON; did not find",
        "-n --configfile=empty.yaml": "config: empty.yaml: expected a mapping with the key 'studies'; found an empty",
        "--configfile good.yaml scores.csv": "config: scores.csv: expected a mapping with the key 'studies'; found a",
        "--configfile good.yaml none.yaml": "config: none.yaml: expected YAML or JSON; No such file or directory",
    }.items():
        assert_one_line(explain_refusal(words.split()), said)
    for words in ("scores.csv --configfile good.yaml --config device=cpu", "--cores 2", "--config n=5"):
        assert explain_refusal(words.split()) is None


SHIPPED = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "config").glob("*.yaml"))]
ODD = st.sampled_from([
    None, True, 0, -1, 3.5, -0.0, 1e-320, 10**25, 16**6000, float("nan"), float("inf"), "", "a", "1e-3", "a\nb", "$(x)",
    "x" * 1000, [], [[]], [1], {}, {"a": 1}, {None: 1}, {"norm": {}}, {"sgd": {"lr": 1}}, b"x", (1, 2), 2**63, "..",
])  # fmt: skip


def places(value, *above):
    """Every key and index within a config, with what is above it."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def test_what_is_wrong_below_a_key_that_is_null_does_not_hide_the_key():
    study = {"task": {"a": {"norm": {}}, "b": {"norm": {}}}, "scales": [None], "sample_sizes": [1], "learners": {}}
    with pytest.raises(InputError, match=r"^config: studies: .*found None"):
        validate({"studies": {None: study}})


@given(st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_config_gives_studies_or_a_line_for_each_error(data):
    """Of a config of ours up to three values go, have another name, or give way to what is odd or stands elsewhere."""
    config = copy.deepcopy(data.draw(st.sampled_from(SHIPPED)))
    for _ in range(data.draw(st.integers(1, 3))):
        (inner, key), (other, place) = (data.draw(st.sampled_from(list(places({"": config})))) for _ in range(2))
        value = data.draw(st.one_of(ODD, st.sampled_from([other[place], [inner[key]] * 2, {"a": inner[key]}])))
        how = data.draw(st.sampled_from(["delete", "rename", "replace"]))
        if how == "rename" and isinstance(inner, dict):
            key, value = data.draw(st.one_of(st.text(), st.integers(), st.just(16**6000), st.none())), inner.pop(key)
        inner[key] = copy.deepcopy(value)
        if how == "delete":
            del inner[key]
    try:
        checked = validate(config)
    except InputError as error:
        lines = str(error).splitlines()
        assert len(lines) <= 11
        for line in lines:
            assert_one_line(line, "config: ")
    else:
        configs.studies(checked), configs.examples(checked)


ON = "--configfile config/test.yaml"
RUNS = {  # words -> the last line, and before the table of jobs the only one
    "--configfile none.yaml": "config: none.yaml: expected YAML or JSON; No such file or directory",
    "--configfile twice.yaml": "twice.yaml: expected each key once; found seed 2 times",
    "--cores 1": "config: config/config.yaml: expected a file of YAML or JSON: 'utf-8' codec",
    f"{ON} --config seed=3": "config: seed: unknown; allowed: device",
    f"{ON} --config device=cuda:9": "device: expected one of auto, cpu",
    f"{ON} --executor dask --dask-cluster pbs --dask-job {{}} --dask-least 3 --dask-most 2": (
        "--dask-least, --dask-most: expected 0 ≤ least ≤ most and most ≥ 1; found 3 and 2"
    ),
    f"estimate all {ON}": "estimate: expected no other target beside it",
    f"estimate {ON} --workflow-profile profiles/slurm-workers": "found executor dask",
}


@pytest.mark.workflow
@pytest.mark.parametrize("words", RUNS)
@pytest.mark.usefixtures("refusal")
def test_snakemake_refuses_before_anything_runs(fresh, words):
    """In the logger plugin, the Snakefile, where that reads the default config, a first job, or the executor."""
    (fresh.path / "twice.yaml").write_text(TWICE)
    (fresh.path / "config/config.yaml").write_bytes(FILES["latin-1"][0])
    done = fresh.run(SNAKEMAKE[0], *words.split())
    assert done.returncode == 1
    _, *others, line = done.stdout.strip().splitlines()  # the first one names the profile
    assert_one_line(line, RUNS[words])
    assert not others or ("Building DAG of jobs..." in others and "Traceback" not in done.stdout)
    assert not (fresh.path / "results").exists()
