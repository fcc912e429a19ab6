"""Good configs become studies; the schema offers and explains what the library has. (Bad ones: test_bad_config.py.)"""

import copy
import re

import pytest
import yaml
from applicability.config import schema as schemas
from applicability.config import studies as configs
from applicability.config.reading import parse_texts
from applicability.config.validation import validate
from applicability.learners.activations import ACTIVATIONS
from applicability.learners.optimisers import OPTIMISERS
from applicability.study.cell import Cell
from checkouts import ROOT
from studies import CONFIG, studies_of, with_value

GOOD = yaml.safe_load(CONFIG)
STUDY = "studies.s"


def changed(path: str, value) -> dict:
    """The good config with one key set."""
    return with_value(GOOD, path.split("."), value)


def test_what_is_meant_are_keys_of_the_schema():
    known = {path.rpartition(".")[2] for path, _ in every_key()}
    for name, meant in schemas.whole_schema()["meant"].items():
        assert isinstance(meant, str) or set(meant) <= known, name
        assert isinstance(meant, str) or schemas.fold(name) not in map(schemas.fold, meant), name


def test_defaults_are_filled_in_and_the_given_config_is_left_alone():
    study = studies_of(GOOD)["s"]
    assert yaml.safe_load(CONFIG) == GOOD
    assert (study.seed, study.replicates, study.test_draws) == (0, 10, 10000)
    assert (study.tolerance, study.target_accuracy, study.baseline) == (0.005, None, None)
    learner = study.learners["net"]
    assert (learner.activation, learner.optimiser, learner.batch_size) == ("relu", {"sgd": {"lr": 0.01}}, 256)


def test_ways_of_writing_the_same_make_the_same_params():
    one, other = (studies_of(changed(f"{STUDY}.scales", scales))["s"] for scales in ([1, 0.2], [0.2, 1.0]))
    assert one == other
    assert one.grid().json() == other.grid().json()
    for path, value in (("task.a", {"norm": {"loc": 1}}), ("learners.net.optimiser", {"sgd": {"lr": 1}})):
        whole, point = value, yaml.safe_load(yaml.safe_dump(value).replace(": 1", ": 1.0"))
        one, other = (studies_of(changed(f"{STUDY}.{path}", each))["s"] for each in (whole, point))
        assert one.cell(1.0, 10).json() == other.cell(1.0, 10).json()
        assert one.learners["net"].json() == other.learners["net"].json()


def test_groups_keep_their_order_and_coordinates_are_a_list_and_one_needs_none():
    task = {"c": [{"norm": {}}, {"t": {"df": 3}}], "a": [{"norm": {"loc": 1}}, {"norm": {}}], "b": [{"norm": {}}] * 2}
    study = studies_of(changed(f"{STUDY}.task", task))["s"]
    assert study.dimension == 2
    assert [group for group, _ in Cell.parse(study.cell(1.0, 10).json()).task] == ["c", "a", "b"]
    assert study.task[0][1] == [{"norm": {"loc": 0, "scale": 1}}, {"t": {"df": 3, "loc": 0, "scale": 1}}]
    plain, listed = (studies_of(changed(f"{STUDY}.task.a", each))["s"] for each in ({"norm": {}}, [{"norm": {}}]))
    assert plain == listed
    assert plain.dimension == 1


def test_examples_have_the_published_settings_where_none_are_given():
    default = configs.examples(validate(GOOD))
    assert default == configs.examples(validate(yaml.safe_load((ROOT / "config/config.yaml").read_text())))
    cell, learner = configs.examples(validate(GOOD | {"examples": {"clusters": {"n": 7, "scale": 2}}}))["clusters"]
    assert (cell.seed, cell.n, cell.scale, cell.replicates, learner.batch_size) == (42, 7, 2.0, 1, 14)


def test_texts_within_what_is_given_by_hand_are_read_as_yaml():
    """As Snakemake has --config 'x={a: 1, b: [0.5, c], d: {e: true}}' f=1e-3 g=a: b."""
    same = {"f": 0.001, "g": "a: b", "h": "{", "i": "2020-13-45"}
    given = {"x": {"a": "1", "b": ["0.5", "c"], "d": {"e": "true"}}} | same
    assert parse_texts(given) == {"x": {"a": 1, "b": [0.5, "c"], "d": {"e": True}}} | same


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_configs_are_good_and_told_of(path):
    assert studies_of(yaml.safe_load(path.read_text()))
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
    for part in ("study", "component", "learner", "optimiser"):
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
