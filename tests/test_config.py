"""Bad configs get one line that names the key, what is allowed and what was found; good ones become studies."""

import copy
import re

import pytest
import yaml
from applicability.config import schema as schemas
from applicability.config import studies as configs
from applicability.config.reading import parse_texts
from applicability.config.validation import validate
from applicability.errors import InputError
from applicability.learners.activations import ACTIVATIONS
from applicability.learners.optimisers import OPTIMISERS
from applicability.study import Cell
from checkouts import ROOT

GOOD = {
    "studies": {
        "s": {
            "task": {"a": {"norm": {"loc": 1.0}}, "b": {"norm": {"loc": 2.0}}},
            "scales": [0.2, 1],
            "sample_sizes": [10, 100],
            "learners": {"net": {"hidden": [8], "epochs": 3}},
        }
    }
}
STUDY, NET = "studies.s", "studies.s.learners.net"

# where, what is put there (... takes it away), and what the line must say
BAD = [
    (f"{STUDY}.scales", [1, 1e-5], [f"{STUDY}.scales: expected at least 0.0002 for draws of b about 2 to differ"]),
    (f"{STUDY}.task.a", {"lognorm": {"s": 10, "scale": 1e13}}, [f"{STUDY}.scales: expected at most 0.29", "of a to"]),
    (
        f"{STUDY}.learners",
        {"net": {"hidden": [], "epochs": 10**9, "batch_size": 100}},
        [f"{NET}.epochs: expected at most 1,000,000,000 steps in all; found 2,000,000,000, of 1,000,000,000 epochs"],
    ),
    ("studies", ..., ["'studies' is missing"]),
    ("studies", {}, ["studies: expected at least one entry; found none"]),
    ("studies", None, ["studies: expected a mapping; found None"]),
    ("devise", "cpu", ["devise: unknown", "did you mean 'device'?"]),
    ("device", "gpu", ["device: expected one of auto, cpu, cuda, cuda:1, mps; found 'gpu'"]),
    ("device", "cuda:", ["device: expected one of auto, cpu, cuda, cuda:1, mps; found 'cuda:'"]),
    ("device", "cuda:1 && ls", ["device: expected one of"]),
    ("device", 1, ["device: expected a text; found 1"]),
    (f"{STUDY}.replicate", 3, [f"{STUDY}.replicate: unknown", "did you mean 'replicates'?"]),
    (f"{STUDY}.replicates", "ten", [f"{STUDY}.replicates: expected a whole number", "found 'ten'"]),
    (f"{STUDY}.replicates", 0, [f"{STUDY}.replicates: expected a whole number ≥ 1 and ≤ 1000000000; found 0"]),
    (f"{STUDY}.replicates", 2.5, [f"{STUDY}.replicates: expected a whole number", "found 2.5"]),
    (f"{STUDY}.replicates", True, [f"{STUDY}.replicates: expected a whole number", "found True"]),
    (f"{STUDY}.seed", -1, [f"{STUDY}.seed: expected a whole number ≥ 0 and ≤ 9223372036854775807; found -1"]),
    (f"{STUDY}.test_draws", 0, [f"{STUDY}.test_draws: expected a whole number ≥ 1 and ≤ 1000000000; found 0"]),
    (f"{STUDY}.target_accuracy", 95, [f"{STUDY}.target_accuracy: expected a number > 0 and ≤ 1; found 95"]),
    (f"{STUDY}.target_accuracy", 0, [f"{STUDY}.target_accuracy: expected a number > 0 and ≤ 1; found 0"]),
    (f"{STUDY}.target", 0.9, [f"{STUDY}.target: unknown", "did you mean 'target_accuracy'?"]),
    (f"{STUDY}.tolerance", -0.1, [f"{STUDY}.tolerance: expected a number ≥ 0 and < 1; found -0.1"]),
    (f"{STUDY}.tolerance", "1%", [f"{STUDY}.tolerance: expected a number ≥ 0 and < 1; found '1%'"]),
    (f"{STUDY}.scales", ..., [f"{STUDY}: 'scales' is missing"]),
    (f"{STUDY}.scales", [], [f"{STUDY}.scales: expected at least 1; found 0"]),
    (f"{STUDY}.scales", 0.2, [f"{STUDY}.scales: expected a list; found 0.2"]),
    (f"{STUDY}.scales", [0.2, -1], [f"{STUDY}.scales.1: expected a number > 0 and ≤ 1e+30; found -1"]),
    (f"{STUDY}.scales", [0], [f"{STUDY}.scales.0: expected a number > 0 and ≤ 1e+30; found 0"]),
    (f"{STUDY}.scales", [1, 0.2, 1.0], [f"{STUDY}.scales: expected each value once; found 1 twice"]),
    (f"{STUDY}.scales", [float("nan")], [f"{STUDY}.scales.0: expected a finite number, up to 1e+300; found nan"]),
    (f"{STUDY}.scales", [float("inf")], [f"{STUDY}.scales.0: expected a finite number, up to 1e+300; found inf"]),
    (f"{STUDY}.scales", ["1e-3"], [f"{STUDY}.scales.0: expected a number > 0", "write 0.001"]),
    (f"{STUDY}.scales", ["wide"], [f"{STUDY}.scales.0: expected a number > 0 and ≤ 1e+30; found 'wide'"]),
    (f"{STUDY}.scales", [10**400], [f"{STUDY}.scales.0: expected a finite number, up to 1e+300; found 1000"]),
    (f"{STUDY}.sample_sizes", ["1e3"], [f"{STUDY}.sample_sizes.0: expected a whole number ≥ 1", "write 1000)"]),
    (f"{STUDY}.sample_sizes", [0], [f"{STUDY}.sample_sizes.0: expected a whole number ≥ 1 and ≤ 1000000000; found 0"]),
    (f"{STUDY}.sample_sizes", [10, 10], [f"{STUDY}.sample_sizes: expected each value once; found 10 twice"]),
    (f"{STUDY}.sample_sizes", [10.0], [f"{STUDY}.sample_sizes.0: expected a whole number"]),
    (f"{STUDY}.task", {"a": {"norm": {}}}, [f"{STUDY}.task: expected at least two entries; found a"]),
    (
        f"{STUDY}.task",
        {f"g{index}": {"norm": {}} for index in range(7)},
        [f"{STUDY}.task: expected at most 6 entries; found g0, g1"],
    ),
    (f"{STUDY}.seed", 2**63, [f"{STUDY}.seed: expected a whole number ≥ 0 and ≤ 9223372036854775807"]),
    (f"{STUDY}.baseline", "net", [f"{STUDY}.baseline: expected another learner to compare with it; found none"]),
    (f"{STUDY}.task.a", [], [f"{STUDY}.task.a: expected at least 1; found 0"]),
    (f"{STUDY}.task.a", [{"norm": {}}, {"nrom": {}}], [f"{STUDY}.task.a.1.nrom: unknown", "did you mean 'norm'?"]),
    (f"{STUDY}.task.a", [{"norm": {}, "t": {"df": 3}}], [f"{STUDY}.task.a.0: expected one entry; found norm, t"]),
    (f"{STUDY}.task.a", ["norm"], [f"{STUDY}.task.a.0: expected a mapping; found 'norm'"]),
    (
        f"{STUDY}.task.a",
        [{"norm": {}}, {"norm": {}}],
        [f"{STUDY}.task: expected as many coordinates in every group; found 2 in a, 1 in b"],
    ),
    (f"{STUDY}.baseline", 3, [f"{STUDY}.baseline: expected a text; found 3"]),
    ("examples", {"gaussian": {}}, ["examples.gaussian: unknown", "did you mean 'gaussians'?"]),
    ("examples", {"gaussians": {"replicates": 3}}, ["examples.gaussians.replicates: unknown"]),
    ("examples", {"clusters": {"batch_size": 3}}, ["examples.clusters.batch_size: unknown"]),
    (
        "examples",
        {"clusters": {"n": 0}},
        ["examples.clusters.n: expected a whole number ≥ 1 and ≤ 1000000000; found 0"],
    ),
    ("examples", {"clusters": {"seed": 1.5}}, ["examples.clusters.seed: expected a whole number ≥ 0"]),
    ("examples", {"clusters": {"scale": -1}}, ["examples.clusters.scale: expected a number > 0"]),
    ("examples", {"clusters": {"scale": 1e-4}}, ["examples.clusters.scale: expected at least 0.0005", "found 0.0001"]),
    ("examples", {"gaussians": {"activation": "relo"}}, ["examples.gaussians.activation: expected one of", "'relu'?"]),
    (f"{STUDY}.task.a", {"nrom": {}}, [f"{STUDY}.task.a.nrom: unknown", "did you mean 'norm'?"]),
    (f"{STUDY}.task.a", {}, [f"{STUDY}.task.a: expected one entry; found none"]),
    (f"{STUDY}.task.a", {"norm": {}, "t": {"df": 3}}, [f"{STUDY}.task.a: expected one entry; found norm, t"]),
    (f"{STUDY}.task.a", {"norm": None}, [f"{STUDY}.task.a.norm: expected a mapping; found None"]),
    (f"{STUDY}.task.a", {"norm": {"mean": 1}}, [f"{STUDY}.task.a.norm.mean: unknown; allowed: loc"]),
    (
        f"{STUDY}.task.a",
        {"norm": {"loc": "x"}},
        [f"{STUDY}.task.a.norm.loc: expected a number ≥ -1e+30 and ≤ 1e+30; found 'x'"],
    ),
    (
        f"{STUDY}.task.a",
        {"norm": {"scale": 0}},
        [f"{STUDY}.task.a.norm.scale: expected a number > 0 and ≤ 1e+30; found 0"],
    ),
    (f"{STUDY}.task.a", {"t": {}}, [f"{STUDY}.task.a.t: 'df' is missing"]),
    (f"{STUDY}.task.a", {"t": {"df": -1}}, [f"{STUDY}.task.a.t.df: expected a number ≥ 0.25 and ≤ 1000000; found -1"]),
    (
        f"{STUDY}.task.a",
        {"gamma": {"a": 0.5}},
        [f"{STUDY}.task.a.gamma.a: expected a number ≥ 1 and ≤ 1000000; found 0.5"],
    ),
    (
        f"{STUDY}.task.a",
        {"lognorm": {"s": 11}},
        [f"{STUDY}.task.a.lognorm.s: expected a number ≥ 0.0001 and ≤ 10; found 11"],
    ),
    (f"{STUDY}.learners", {}, [f"{STUDY}.learners: expected at least one entry; found none"]),
    (
        f"{STUDY}.learners",
        {"../x": {"hidden": [], "epochs": 1}},
        [f"{STUDY}.learners: expected a name", "'../x'"],
    ),
    (
        f"{STUDY}.learners",
        {"plug-in": {"hidden": [], "epochs": 1}},
        [f"{STUDY}.learners: expected another name than plug-in; found 'plug-in'"],
    ),
    ("studies.a b", GOOD["studies"]["s"], ["studies: expected a name", "'a b'"]),
    ("studies.examples", GOOD["studies"]["s"], ["studies: expected another name than examples; found 'examples'"]),
    (f"{NET}.hidden", ..., [f"{NET}: 'hidden' is missing"]),
    (f"{NET}.hidden", 64, [f"{NET}.hidden: expected a list; found 64"]),
    (f"{NET}.hidden", [64, 0], [f"{NET}.hidden.1: expected a whole number ≥ 1 and ≤ 1000000000; found 0"]),
    (f"{NET}.activation", "rellu", [f"{NET}.activation: expected one of", "did you mean 'relu'?"]),
    (f"{NET}.dropout", 1, [f"{NET}.dropout: expected a number ≥ 0 and < 1; found 1"]),
    (f"{NET}.standardise", "yes", [f"{NET}.standardise: expected true or false; found 'yes'"]),
    (f"{NET}.optimiser", {"sdg": {"lr": 1}}, [f"{NET}.optimiser.sdg: unknown", "did you mean 'sgd'?"]),
    (f"{NET}.optimiser", {"SGD": {"lr": 1}}, [f"{NET}.optimiser.SGD: unknown", "did you mean 'sgd'?"]),
    (f"{NET}.optimiser", {"lr": 1}, [f"{NET}.optimiser.lr: unknown", "; write optimiser: {sgd: {lr: 0.001}}"]),
    (f"{NET}.optimiser", {"sgd": {}}, [f"{NET}.optimiser.sgd: 'lr' is missing"]),
    (f"{NET}.optimiser", {"sgd": {"lr": 0}}, [f"{NET}.optimiser.sgd.lr: expected a number > 0 and ≤ 1e+30; found 0"]),
    (f"{NET}.optimiser", {"sgd": {"lr": 1, "betas": [0, 0]}}, [f"{NET}.optimiser.sgd.betas: unknown"]),
    (
        f"{NET}.optimiser",
        {"sgd": {"lr": 1, "nesterov": True}},
        [f"{NET}.optimiser.sgd: 'momentum' is missing"],
    ),
    (
        f"{NET}.optimiser",
        {"adam": {"lr": 1, "betas": [0.9]}},
        [f"{NET}.optimiser.adam.betas: expected at least 2"],
    ),
    (f"{NET}.batch_size", -4, [f"{NET}.batch_size: expected a whole number ≥ 1 and ≤ 1000000000; found -4"]),
    (f"{NET}.epochs", ..., [f"{NET}: expected exactly one of epochs, steps; found neither"]),
    (f"{NET}.steps", 5, [f"{NET}: expected exactly one of epochs, steps; found epochs and steps"]),
    (f"{NET}.epochs", 0, [f"{NET}.epochs: expected a whole number ≥ 1 and ≤ 1000000000; found 0"]),
]

# unknown keys that people write: where, and what the line must end in
MEANT = [
    ("seed", "; write studies: {NAME: {seed: 7}}"),
    ("gpu", "; did you mean 'device'?"),
    (f"{STUDY}.prevalence", "; groups cannot differ in weight yet; all have as many draws and the same prior"),
    (f"{STUDY}.task.a.norm.weight", "; groups cannot differ in weight yet; all have as many draws and the same prior"),
    (f"{STUDY}.data", "; data of your own cannot be asked yet; the groups of a task are distributions"),
    (f"{STUDY}.simulator", "; a simulator of your own cannot be asked yet; the groups of a task are distributions"),
    (f"{STUDY}.mixture", "; mixtures cannot be asked yet; a group is one distribution for each coordinate"),
    (f"{STUDY}.n", "; did you mean 'sample_sizes'?"),
    (f"{STUDY}.seeds", "; did you mean 'seed'?"),
    (f"{STUDY}.sigma", "; did you mean 'scales'?"),
    (f"{STUDY}.hidden", "; write learners: {NAME: {hidden: [64, 64]}}"),
    (f"{STUDY}.task.a.norm.mu", "; did you mean 'loc'?"),
    (f"{STUDY}.task.a.norm.std", "; did you mean 'scale'?"),
    (f"{NET}.lr", "; write optimiser: {sgd: {lr: 0.001}}"),
    (f"{NET}.learning_rate", "; write optimiser: {sgd: {lr: 0.001}}"),
    (f"{NET}.Adam", "; write optimiser: {adam: {lr: 0.001}}"),
    (f"{NET}.layers", "; did you mean 'hidden'?"),
    (f"{NET}.batchSize", "; did you mean 'batch_size'?"),
    (f"{STUDY}.task.a.gaussian", "; did you mean 'norm'?"),
    (f"{STUDY}.task.a.Normal", "; did you mean 'norm'?"),
    (f"{STUDY}.task.a.poisson", "; counts cannot be asked yet; the distributions have a density"),
    (f"{STUDY}.task.a.triang", ", weibull_min"),
    (f"{NET}.colour", "; allowed: activation, batch_size, dropout, epochs, hidden, optimiser, standardise, steps"),
]


def test_a_factor_may_be_small_against_the_location_of_another_group():
    config = changed(f"{STUDY}.task", {"a": {"norm": {}}, "b": {"norm": {"scale": 1e-9}}})
    assert studies(config)["s"].scales == [0.2, 1.0]


def studies(config: dict):
    return configs.studies(validate(config))


def changed(path: str, value) -> dict:
    """The good config with one key set or taken away."""
    config = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    inner = config
    for key in parents:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return config


@pytest.mark.parametrize(("path", "value", "said"), BAD, ids=[f"{path}={value}" for path, value, _ in BAD])
@pytest.mark.usefixtures("refusal")
def test_bad_config_is_refused_in_one_line(path, value, said):
    with pytest.raises(InputError) as refused:
        validate(changed(path, value))
    line = str(refused.value)
    assert "\n" not in line
    for part in said:
        assert part in line


@pytest.mark.parametrize(("path", "said"), MEANT)
@pytest.mark.usefixtures("refusal")
def test_an_unknown_key_is_answered_by_what_is_meant(path, said):
    [line] = errors_of(changed(path, 1))
    assert line.startswith(f"config: {path}: unknown; allowed: ")
    assert line.endswith(said)


def test_what_is_meant_are_keys_of_the_schema():
    known = {path.rpartition(".")[2] for path, _ in every_key()}
    for name, meant in schemas.whole_schema()["meant"].items():
        assert isinstance(meant, str) or set(meant) <= known, name
        assert isinstance(meant, str) or schemas.fold(name) not in map(schemas.fold, meant), name


def test_a_name_in_the_place_of_a_mapping_is_written_out():
    for path, name, said in ((f"{STUDY}.task.a", "norm", "{norm: {loc: 1.0}}"), (f"{NET}.optimiser", "Adam", "{adam:")):
        [line] = errors_of(changed(path, name))
        assert f"expected a mapping; found {name!r} (write {said}" in line


def errors_of(config: dict) -> list[str]:
    """The lines that refuse a config."""
    with pytest.raises(InputError) as refused:
        validate(config)
    return str(refused.value).splitlines()


def test_all_errors_are_told_in_the_order_of_the_config():
    study = GOOD["studies"]["s"]
    bad = {
        "learners": {"net": {"hidden": [0], "epochs": 0}, "a b": {"hidden": [], "steps": 1}},
        "seed": -1,
        "task": {"a": {"norm": {"loc": "x"}}, "b": {"nrom": {}}},
        "sample_sizes": [10, 2.5],
    }
    assert [
        line.partition(": expected")[0].partition(": unknown")[0] for line in errors_of({"studies": {"s": bad}})
    ] == [
        "config: studies.s: 'scales' is missing",
        "config: studies.s.learners.net.hidden.0",
        "config: studies.s.learners.net.epochs",
        "config: studies.s.learners",
        "config: studies.s.seed",
        "config: studies.s.task.a.norm.loc",
        "config: studies.s.task.b.nrom",
        "config: studies.s.sample_sizes.1",
    ]
    many = errors_of({"studies": {"s": study | {"sample_sizes": [0] * 5, "scales": [*range(-10, 0)]}}})
    assert len(many) == 11
    assert many[0].startswith("config: studies.s.scales.0")
    assert many[-1] == "config: and 6 more"


def test_what_comes_of_another_error_is_not_told():
    config = {"studies": {"s": {**GOOD["studies"]["s"], "scale": [1]}}}
    del config["studies"]["s"]["scales"]
    assert len(errors_of(config)) == 1  # and not that `scales` is missing
    del config["studies"]["s"]["sample_sizes"]
    assert len(errors_of(config)) == 2
    config = changed(f"{NET}.epoch", 3)
    del config["studies"]["s"]["learners"]["net"]["epochs"]
    assert len(errors_of(config)) == 1
    assert len(errors_of(changed(f"{STUDY}.task.a", {"loc": 1, "scale": 2}))) == 2  # and not that one entry is expected


def test_all_that_no_schema_can_say_is_told_at_once():
    study = copy.deepcopy(GOOD["studies"]["s"]) | {"scales": [1e-5], "baseline": "nett"}
    study["learners"]["Net"] = study["learners"]["net"]
    study["task"]["a"] = [{"norm": {}}] * 2
    config = {"examples": {"clusters": {"scale": 1e-5}}, "studies": {"s": study, "Examples": GOOD["studies"]["s"]}}
    assert [line.partition(": expected")[0] for line in errors_of(config)] == [
        "config: examples.clusters.scale",
        "config: studies",
        "config: studies.s.task",
        "config: studies.s.scales",
        "config: studies.s.learners",
        "config: studies.s.baseline",
    ]


def test_defaults_are_filled_in_and_the_given_config_is_left_alone():
    given = copy.deepcopy(GOOD)
    study = studies(given)["s"]
    assert given == GOOD
    assert (study.seed, study.replicates, study.test_draws) == (0, 10, 10000)
    learner = study.learners["net"]
    assert (learner.activation, learner.optimiser, learner.batch_size) == ("relu", {"sgd": {"lr": 0.01}}, 256)


def test_ways_of_writing_the_same_make_the_same_params():
    one = studies(changed("studies.s.scales", [1, 0.2]))["s"]
    other = studies(changed("studies.s.scales", [0.2, 1.0]))["s"]
    assert one == other
    assert one.grid().json() == other.grid().json()
    for path, value in (("task.a", {"norm": {"loc": 1}}), ("learners.net.optimiser", {"sgd": {"lr": 1}})):
        whole, point = value, yaml.safe_load(yaml.safe_dump(value).replace(": 1", ": 1.0"))
        one, other = (studies(changed(f"{STUDY}.{path}", each))["s"] for each in (whole, point))
        assert one.cell(1.0, 10).json() == other.cell(1.0, 10).json()
        assert one.learners["net"].json() == other.learners["net"].json()


def test_groups_keep_the_order_of_the_config():
    task = {"signal": {"norm": {"loc": 1}}, "background": {"norm": {"loc": 0}}}
    cell = studies(changed(f"{STUDY}.task", task))["s"].cell(1.0, 10)
    assert [group for group, _ in Cell.parse(cell.json()).task] == ["signal", "background"]


def test_a_baseline_is_one_of_the_learners():
    config = changed(f"{STUDY}.learners.wide", {"hidden": [9], "epochs": 3})
    config["studies"]["s"]["baseline"] = "nett"
    with pytest.raises(
        InputError, match="baseline: expected one of the learners net, wide; found 'nett'; did you mean 'net'"
    ):
        studies(config)


def test_coordinates_are_a_list_and_one_needs_none():
    task = {"a": [{"norm": {}}, {"t": {"df": 3}}], "b": [{"norm": {"loc": 1}}, {"norm": {}}], "c": [{"norm": {}}] * 2}
    study = studies(changed(f"{STUDY}.task", task))["s"]
    assert study.dimension == 2
    assert [group for group, _ in study.task] == ["a", "b", "c"]
    assert study.task[0][1] == [{"norm": {"loc": 0, "scale": 1}}, {"t": {"df": 3, "loc": 0, "scale": 1}}]
    plain, listed = (studies(changed(f"{STUDY}.task.a", each))["s"] for each in ({"norm": {}}, [{"norm": {}}]))
    assert plain == listed
    assert plain.dimension == 1


def test_examples_have_the_published_settings_where_none_are_given():
    default = configs.examples(validate(GOOD))
    assert default == configs.examples(validate(yaml.safe_load((ROOT / "config/config.yaml").read_text())))
    cell, learner = configs.examples(validate(GOOD | {"examples": {"clusters": {"n": 7, "scale": 2}}}))["clusters"]
    assert (cell.seed, cell.n, cell.scale, cell.replicates, learner.batch_size) == (42, 7, 2.0, 1, 14)


def test_texts_within_what_is_given_by_hand_are_read_as_yaml():
    """As Snakemake has --config 'x={a: 1, b: [0.5, c], d: {e: true}}' f=1e-3 g=a: b."""
    given = {
        "x": {"a": "1", "b": ["0.5", "c"], "d": {"e": "true"}},
        "f": 0.001,
        "g": "a: b",
        "h": "{",
        "i": "2020-13-45",
    }
    read = {"x": {"a": 1, "b": [0.5, "c"], "d": {"e": True}}, "f": 0.001, "g": "a: b", "h": "{", "i": "2020-13-45"}
    assert parse_texts(given) == read


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_configs_are_good_and_told_of(path):
    assert studies(yaml.safe_load(path.read_text()))
    assert f"`{path.name}`" in (ROOT / "config/README.md").read_text()


def test_schema_offers_exactly_what_the_library_has():
    schema = schemas.whole_schema()["$defs"]
    assert schema["activation"]["enum"] == list(ACTIVATIONS)
    assert list(schema["optimiser"]["properties"]) == list(OPTIMISERS)


def described(part: dict, above: str = ""):
    """Every key that the schema has for a config, with its path."""
    for key, spec in part.get("properties", {}).items():
        yield f"{above}{key}", spec
        yield from described(spec, f"{above}{key}.")


def every_key():
    """Every key of a config, with its path in the part of the schema that has it."""
    schema = schemas.whole_schema()
    yield from described(schema)
    for part in ("study", "distribution", "learner", "optimiser"):
        yield from described(schema["$defs"][part], f"{part}.")


def test_every_key_has_a_description_and_an_example_that_is_one():
    """Of which, with type and default, the tables of config/README.md are made."""
    keys, parts = dict(every_key()), schemas.whole_schema()["$defs"]
    assert len(keys) > 80
    for path, spec in keys.items():
        assert spec["description"][0].isupper(), path
        assert spec["description"].endswith("."), path
        check = schemas.FillingValidator(spec | {"$defs": parts})
        for example in [*spec["examples"], spec.get("default", spec["examples"][0])]:
            assert check.is_valid(copy.deepcopy(example)), f"{path}: {example}"


def test_limits_that_the_readme_of_the_config_leaves_out_are_those_that_it_tells():
    text = schemas.SCHEMA.read_text()
    far = {float(limit) for limit in re.findall(r"(?:minimum|maximum): (-?[\d.e+]+)", text) if abs(float(limit)) >= 1e9}
    assert far == {1e9, 2.0**63, 1e30, -1e30}
    assert "counts end at 10⁹, seeds at\n2⁶³ − 1, other numbers at 10³⁰" in (ROOT / "config/README.md").read_text()
