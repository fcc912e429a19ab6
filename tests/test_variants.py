"""Learners of each value: what is made, in which order and by which name, and what bad ones are told."""

import re

import pytest
import yaml
from applicability.config.validation import validate
from applicability.errors import InputError
from checkouts import SNAKEMAKE
from studies import studies_of


def config(learners: dict, **more) -> dict:
    study = {"task": {"a": {"norm": {}}, "b": {"norm": {"loc": 1}}}, "sample_sizes": [10], "learners": learners} | more
    return {"studies": {"s": study}}


def learners(text: str) -> dict:
    return studies_of(config(yaml.safe_load(text)))["s"].learners


def test_a_learner_is_made_of_each_value_with_its_name_in_its_place():
    made = learners("""
        first: {hidden: [4], steps: 3}
        net: {hidden: [4], epochs: 7, optimiser: {sgd: {lr: {each: [0.1, 1.0e-5, 1]}}}}
        last: {hidden: [4], steps: 3}
    """)
    assert list(made) == ["first", "net-lr=0.1", "net-lr=1e-05", "net-lr=1", "last"]
    assert [each.optimiser for each in made.values()][1:4] == [{"sgd": {"lr": lr}} for lr in (0.1, 1e-5, 1.0)]
    assert {each.epochs for each in made.values()} == {7, None}


def test_several_make_every_combination():
    made = learners("net: {steps: 3, hidden: {each: [[], [16], [64, 32]]}, standardise: {each: [true, false]}}")
    names = [
        f"net-hidden={hidden}-standardise={word}" for hidden in ("none", "16", "64x32") for word in ("true", "false")
    ]
    assert list(made) == names
    assert [each.hidden for each in made.values()] == [[], [], [16], [16], [64, 32], [64, 32]]
    assert [each.standardise for each in made.values()] == [True, False] * 3


def test_whole_optimisers_and_budgets_may_differ():
    made = learners("""
        net: {hidden: [4], steps: {each: [10, 100]}, optimiser: {each: [{sgd: {lr: 0.1}}, {adam: {lr: 0.01}}]}}
    """)
    assert "net-steps=100-optimiser=adam" in made
    assert made["net-steps=10-optimiser=adam"].optimiser == {"adam": {"lr": 0.01}}


def test_they_are_learners_written_out():
    short = {"net": {"hidden": [4], "steps": {"each": [10, 20]}}}
    long = {f"net-steps={steps}": {"hidden": [4], "steps": steps} for steps in (10, 20)}
    given = config(short, baseline="net-steps=20")
    assert validate(given) == validate(config(long, baseline="net-steps=20"))
    assert given == config(short, baseline="net-steps=20")  # left alone


DEEPER = "write it at the option that differs, optimiser: {sgd: {lr: {each: [0.1, 0.01]}}}"
A_LIST = "expected a list of values, {each: [0.1, 0.01]}, in the place of one; found "
COUNT = "expected a whole number ≥ 1 and ≤ 1000000000; found "
ALLOWED = "activation, batch_size, dropout, epochs, hidden, optimiser, patience, python, sklearn, standardise, steps"
ALLOWED += ", validation"
A_NAME = ": expected a name of letters, digits, _, -, = and . before a digit, a letter first, 64 at most; found "


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("hidden: {each: []}", f".net.hidden: {A_LIST}[]"),
        ("hidden: {each: 3}", f".net.hidden: {A_LIST}3"),
        ("hidden: {each: [[4]], other: 1}", f".net.hidden: {A_LIST}{{'each': [[4]], 'other': 1}}"),
        ("each: [{hidden: [3]}]", f".net: {A_LIST}{{'each': [{{'hidden': [3]}}], 'steps': 3}}"),
        ("hidden: {each: [[1], [2], [3], [4], [5], [6], [7], [8]]}, batch_size: {each: [1, 2, 3, 4, 5, 6, 7]}",
         ".net: expected at most 50 learners of one; found 56"),
        ("hidden: {each: [[4], [4]]}", ".net.hidden: expected each value once; found [4] twice"),
        ("hidden: [4], optimiser: {each: [{sgd: {lr: 1}}, {sgd: {lr: 2}}]}",
         f".net: expected values of each that differ in name; found net-optimiser=sgd twice; {DEEPER}"),
        ("hidden: [{each: [4, 5]}]", f".net.hidden.0: expected no each within a list; {DEEPER}"),
        ("hidden: [4], optimiser: {each: [{sgd: {lr: {each: [1, 2]}}}, {adam: {lr: 1}}]}",
         f".net.optimiser.each.0.sgd.lr: expected no each within a list; {DEEPER}"),
        ("hiden: [4], batch_size: {each: [1, 2]}",
         f".net-batch_size=1.hiden: unknown; allowed: {ALLOWED}; did you mean 'hidden'?"),
        ("hidden: [4], batch_size: {each: [1, 0.5]}", f".net-batch_size=0.5.batch_size: {COUNT}0.5"),
        ("hidden: [4], batch_size: [1, 2]", f".net.batch_size: {COUNT}[1, 2] (a learner of each: {{each: [1, 2]}})"),
        ("hidden: [4], steps: {each: [1.5, a b]}", f"{A_NAME}'net-steps=a b'"),
    ],
)  # fmt: skip
def test_bad_ones_get_a_line(entry, said):
    steps = "" if "steps" in entry else ", steps: 3"
    with pytest.raises(InputError) as refused:
        validate(config(yaml.safe_load(f"net: {{{entry}{steps}}}")))
    assert f"config: studies.s.learners{said}" in str(refused.value).splitlines()
    assert len(str(refused.value).splitlines()) == (3 if "1.5" in entry else 1)


@pytest.mark.parametrize("name", ["samples.npz", "net.", "a.b"])
def test_a_learner_is_no_name_of_a_file(name):
    """Its folder lies beside samples.npz."""
    with pytest.raises(InputError, match=r"config: studies\.s\.learners: expected a name of letters"):
        validate(config({name: {"hidden": [4], "steps": 3}}))


def test_a_name_that_is_no_text_is_told_so_and_not_written_out():
    with pytest.raises(InputError) as refused:
        validate(config(yaml.safe_load("yes: {hidden: [4], steps: {each: [1, 2]}}")))
    assert "config: studies.s.learners: expected a text; found True" in str(refused.value)


@pytest.mark.parametrize("learners", [None, [], {"net": None}, {"net": [{"each": [1]}]}, {1: {"each": {}}}], ids=str)
def test_what_is_no_learner_is_told_so(learners):
    with pytest.raises(InputError):
        validate(config(learners))
    for bad in ({"studies": None}, {"studies": {"s": None}}, {}, {"studies": []}):
        with pytest.raises(InputError):
            validate(bad)


@pytest.mark.workflow
def test_one_more_value_trains_one_more_and_the_names_are_fit_for_files(fresh):
    """Of a dot in a name nothing is taken for the ending of a file."""
    given = {"net": {"hidden": [4], "steps": 5, "optimiser": {"sgd": {"lr": {"each": [0.1, 0.01]}}}}}
    whole = config(given, replicates=2, test_draws=50, baseline="net-lr=0.1") | {"device": "cpu"}
    (fresh.path / "each.yaml").write_text(yaml.safe_dump(whole))
    words = [*SNAKEMAKE, "--configfile", "each.yaml", "--cores", "2"]
    done = fresh.run(*words)
    assert done.returncode == 0, done.stdout
    results = fresh.path / "results/s"
    assert (results / "figures/loss-net-lr=0.01.pdf").exists()
    assert "net-lr=0.01" in (results / "captions.md").read_text()
    assert "net-lr=0.01" in (results / "tables/differences.html").read_text()
    given["net"]["optimiser"]["sgd"]["lr"]["each"].append(0.001)
    (fresh.path / "each.yaml").write_text(yaml.safe_dump(whole))
    done = fresh.run(*words, "--dry-run")
    assert re.search(r"^train +1$", done.stdout, re.MULTILINE), done.stdout
