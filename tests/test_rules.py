"""What each rule hands to its stage, of a config with nothing at its default.

Snakemake runs all jobs; in place of a stage, recorder.py writes down the arguments and makes empty outputs.
"""

import hashlib
import importlib
import inspect
import json
from pathlib import Path

import pytest
import yaml
from applicability.commands import COMMANDS
from checkouts import ROOT, Project

pytestmark = pytest.mark.workflow

LEARNER = {"activation": "tanh", "dropout": 0.3, "standardise": True, "batch_size": 7}
LEARNERS = {
    "one": {**LEARNER, "hidden": [3], "optimiser": {"sgd": {"lr": 0.2}}, "epochs": 4},
    "two": {**LEARNER, "hidden": [2, 5], "optimiser": {"adam": {"lr": 0.4}}, "steps": 10**6},
    "three": {**LEARNER, "hidden": [3], "optimiser": {"sgd": {"lr": 0.2}}, "epochs": 5,  # budget shows it with `one`
              "patience": 2, "validation": 0.4},
    "four": {"sklearn": "dummy.DummyClassifier", "strategy": "most_frequent", "standardise": True},
    "five": {"python": f"{ROOT}/tests/models.py:Net", "width": 3, "standardise": True, "batch_size": 9,
             "optimiser": {"sgd": {"lr": 0.2}}, "steps": 4},
}  # fmt: skip
LINE = {"a": {"laplace": {"loc": -1.5}}, "b": {"norm": {"loc": 1, "scale": 2}}}
SHARED = {"replicates": 20, "test_draws": 10**5, "tolerance": 0.02}
STUDIES = {
    "odd": SHARED | {"seed": 7, "task": LINE, "scales": [0.25, 3], "sample_sizes": [5, 12], "target_accuracy": 0.8,
                     "weights": {"b": 3, "a": 1}, "training": "as_weights", "baseline": "two", "learners": LEARNERS},
    "plane": SHARED | {"seed": 8, "task": {"a": [{"norm": {}}] * 2, "b": [{"norm": {"loc": 1}}] * 2}, "scales": [1],
                       "sample_sizes": [4], "learners": {"two": LEARNERS["two"]}},
}  # fmt: skip
EXAMPLES = {
    "gaussians": {"seed": 5, "n": 50, "scale": 0.4, "hidden": [6], "activation": "elu", "batch_size": 10, "epochs": 3,
                  "optimiser": {"adam": {"lr": 0.1}}},
    "clusters": {"seed": 6, "n": 20, "scale": 2, "hidden": [4], "activation": "tanh", "epochs": 2,
                 "optimiser": {"sgd": {"lr": 0.3}}},
}  # fmt: skip
CONFIG = {"device": "cpu", "studies": STUDIES, "examples": EXAMPLES}  # profiles/gpu overrides the device


def recorded(folder: Path, *targets: str) -> list[tuple[str, str, dict, dict, str]]:
    """Log, command, arguments, resources and code of every job of a run on two cards."""
    folder.mkdir()
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG, sort_keys=False))
    words = ["--snakefile", ROOT / "Snakefile", "--configfile", "config.yaml"]
    done = Project(folder).pretend(*words, "--workflow-profile", ROOT / "profiles/gpu", *targets)
    assert "Traceback" not in done.stdout, done.stdout
    return json.loads((folder / "told.json").read_text())


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> list[tuple[str, str, dict, dict, str]]:
    """Every job of the studies and the examples."""
    return recorded(tmp_path_factory.mktemp("rules") / "run", "all", "examples")


@pytest.fixture(scope="module")
def jobs(told) -> dict[str, tuple[str, dict]]:
    """Command and arguments of each job, by its log."""
    return {log: (name, arguments) for log, name, arguments, *_ in told}


TASK = [["a", [{"laplace": {"loc": -1.5, "scale": 1.0}}]], ["b", [{"norm": {"loc": 1.0, "scale": 2.0}}]]]


def cell(scale: float, n: int) -> dict:
    """A cell of the study `odd`."""
    given = {"study": "odd", "seed": 7, "task": TASK, "scale": scale, "n": n, "test_draws": 10**5, "replicates": 20}
    return given | {"observe": None, "weights": [0.25, 0.75], "training": "as_weights"}


def learner(name: str) -> dict:
    """A learner as the stages take it."""
    if name == "four":
        found = {
            "says": "probabilities",
            "linear": False,
            "constant": True,
            "passes": False,
            "trees": 2,
            "pairs": False,
        }
        found["parameters"] = {"constant": "None", "strategy": "most_frequent"}
        given = {"class": "dummy.DummyClassifier", "options": {"strategy": "most_frequent"}}
        return {"name": name, "standardise": True, "sklearn": given | found}
    if name == "five":
        file = ROOT / "tests/models.py"
        given = {"file": str(file), "name": "Net", "digest": hashlib.sha256(file.read_bytes()).hexdigest()}
        found = {"parameters": {"inputs": "1", "outputs": "1", "width": "3"}}
        found |= {"arguments": {"width": 3}, "weights": 6 + 12 + 4, "units": 13, "loss": False, "scheduler": False}
        found["linear"] = False
        rest = {key: LEARNERS[name][key] for key in ("standardise", "batch_size", "optimiser", "steps")}
        nothing = dict.fromkeys(["epochs", "patience", "validation"])
        return {"name": name, "python": given | found} | rest | nothing
    return {"name": name} | dict.fromkeys(["epochs", "steps", "patience", "validation"]) | LEARNERS[name]


ODD, CELL = "results/odd", "results/odd/scale=3/n=12"
PLACES = [f"{ODD}/scale={scale}/n={n}" for scale in ("0.25", "3") for n in (5, 12)]
TABLES = {name: f"{ODD}/{name}.csv" for name in ("scores", "summary", "optimum", "planning", "differences")}
DRAWN = {"samples": f"{CELL}/samples.npz"}
TESTED = f"{ODD}/scale=3/test.npz"
TRAINED = {"model": f"{CELL}/two/model.pt"}
EXAMPLE = {"activation": "elu", "batch_size": 10, "dropout": 0.0, "epochs": 3, "hidden": [6], "name": "net",
           "optimiser": {"adam": {"lr": 0.1}}, "standardise": False, "steps": None}  # fmt: skip
EXAMPLE |= {"patience": None, "validation": None}
ALIKE = {"weights": None, "training": "balanced"}
GAUSSIANS = cell(0.4, 50) | {"study": "gaussians", "seed": 5, "test_draws": 50, "replicates": 1} | ALIKE
GAUSSIANS |= {"task": [["a", [{"norm": {"loc": 1.0}}]], ["b", [{"norm": {"loc": 2.0}}]]]}
PLANE = SHARED | {"name": "plane", "seed": 8, "scales": [1.0], "sample_sizes": [4], "learners": [learner("two")]}
PLANE |= {"target_accuracy": None, "baseline": None, "observe": None} | ALIKE
PLANE |= {"task": [[name, [{"norm": {"loc": loc, "scale": 1.0}}] * 2] for name, loc in (("a", 0.0), ("b", 1.0))]}
SHOWN = ["accuracy-two", "gap-two", "share-two", "verdict-two", "shortfall-two", "learning", "needed"]
SHOWN += ["reliability-two", "regions-two", "loss-two"]


def pictures(path: str) -> list[str]:
    """A figure in all formats."""
    return [f"{path}.{ending}" for ending in ("pdf", "png", "svg")]


def plotted(name: str, tables: str, **options) -> tuple[str, dict]:
    """What a figure of `odd` is drawn from."""
    drawn = {"figure": name.partition("-")[0], "pictures": pictures(f"{ODD}/figures/{name}")}
    return "plot", drawn | {"tables": [TABLES[each] for each in tables.split()], "options": options}


# log -> command, its arguments; JSON is read
HANDED = {
    "device": ("device", {"device": "cuda"}),
    "simulate/odd/scale=3/n=12": ("simulate", DRAWN | {"cell": cell(3.0, 12)}),
    "simulate_test/odd/scale=3": ("simulate", {"samples": TESTED, "role": "test",
                                               "cell": cell(3.0, 10**5) | {"training": "balanced"}}),
    "train/odd/scale=3/n=12/two": ("train", DRAWN | TRAINED | {"learner": learner("two"), "device": "cuda"}),
    "test/odd/scale=3/n=12/two": ("test", DRAWN | TRAINED | {"test_samples": TESTED,
                                  "scores": f"{CELL}/two/scores.csv", "device": "cuda"}),
    "assess/odd/scale=3/n=12/four": ("assess", DRAWN | {"test_samples": TESTED, "learner": learner("four"),
                                     "scores": f"{CELL}/four/scores.csv"}),
    "optimum/odd": ("optimum", {"optimum": TABLES["optimum"], "cells": [cell(0.25, 1), cell(3.0, 1)]}),
    "combine/odd": ("combine", {
        "scores": TABLES["scores"],
        "cells": [f"{place}/{each}/scores.csv" for place in PLACES for each in LEARNERS],
        "grid": {"study": "odd", "learners": [*LEARNERS], "scales": [0.25, 3.0], "sample_sizes": [5, 12],
                 "replicates": 20}}),
    "summarise/odd": ("summarise", {
        "scores": TABLES["scores"], "summary": TABLES["summary"],
        "learners": [learner(each) for each in LEARNERS], "tolerance": STUDIES["odd"]["tolerance"]}),
    "tabulate/odd/two": ("tabulate", {"summary": TABLES["summary"], "learner": "two",
                                      "table": f"{ODD}/tables/accuracy-two.csv"}),
    "plan/odd": ("plan", {name: TABLES[name] for name in ("scores", "optimum", "planning")}),
    "compare/odd": ("compare", {"scores": TABLES["scores"], "differences": TABLES["differences"], "baseline": "two"}),
    "typeset/odd/accuracy-two": ("typeset", {"table": f"{ODD}/tables/accuracy-two.csv", "kind": "accuracy",
                                 "pages": [f"{ODD}/tables/accuracy-two.{ending}" for ending in ("html", "md", "tex")]}),
    "typeset/odd/planning": ("typeset", {"table": TABLES["planning"], "kind": "planning",
                             "pages": [f"{ODD}/tables/planning.{ending}" for ending in ("html", "md", "tex")]}),
    "plot/odd/gap-two": plotted("gap-two", "summary", learners=["two"]),
    "plot/odd/verdict-two": plotted("verdict-two", "summary optimum", learners=["two"], tolerance=0.02,
                                    target_accuracy=0.8),
    "plot/odd/budget": plotted("budget", "summary optimum",
                               budgets={"one": "4 epochs", "three": "patience 2 on 40 %, at most 5 epochs"}),
    "plot/odd/needed": plotted("needed", "planning", sample_sizes=[5, 12]),
    "describe/plane": ("describe", {
        "study": PLANE, "captions": "results/plane/captions.md",
        "tables": [f"results/plane/{name}.csv" for name in ("scores", "summary", "optimum", "planning")],
        "shown": [*(f"figures/{name}" for name in (*SHOWN, "samples")),
                  *(f"tables/{name}" for name in ("summary", "optimum", "planning", "accuracy-two"))]}),
    "example/gaussians": ("example", {"cell": GAUSSIANS, "learner": EXAMPLE,
                                      "metrics": "results/examples/gaussians/metrics.json"}),
    "describe/examples/gaussians": ("describe_example", {
        "metrics": "results/examples/gaussians/metrics.json", "captions": "results/examples/gaussians/captions.md",
        "shown": ["loss", "samples"]}),
    "plot/examples/gaussians/loss": ("plot", {"figure": "examples.loss", "pictures":
                                     pictures("results/examples/gaussians/loss"),
                                     "tables": ["results/examples/gaussians/optimum.csv"],
                                     "cells": ["results/examples/gaussians/history.csv"]}),
}  # fmt: skip


def read(value):
    """What JSON within arguments says; any other text as it is."""
    if isinstance(value, list):
        return [read(each) for each in value]
    return json.loads(value) if value[0] in "{[0123456789" else value


@pytest.mark.parametrize("log", HANDED)
def test_a_stage_is_handed_what_the_config_says(jobs, log):
    name, arguments = jobs[f"logs/{log}.log"]
    assert (name, {key: read(value) for key, value in arguments.items()}) == HANDED[log]


def test_every_stage_is_held_above(told):
    assert {name for _, name, *_ in told} == {name for name, _ in HANDED.values()} == {*COMMANDS} - {"calibrate"}


def test_a_figure_is_handed_what_it_draws_of_its_own_learner(jobs):
    drawn = {log: arguments for log, (name, arguments) in jobs.items() if name == "plot" and "/odd/" in log}
    assert len(drawn) == 4 * 10 + 9 + 10  # `four` has no losses
    for log, arguments in drawn.items():
        learner = Path(log).stem.partition("-")[2]
        module = importlib.import_module(f"applicability.figures.{arguments['figure']}")
        options, cells = json.loads(arguments["options"]), arguments.get("cells", [])
        files = {Path(path).stem for path in [*arguments.get("tables", []), *cells]}
        assert {*options, *files} == {*inspect.signature(module.draw).parameters}
        assert options.get("learner", learner) == learner
        shown = [learner] if learner else [*LEARNERS]
        assert options.get("learners", shown) == shown
        assert [str(Path(path).parent) for path in cells] in ([], [str(Path(place, learner)) for place in PLACES])


def test_a_job_depends_on_the_code_of_its_own_stage_and_figure(told):
    """A change elsewhere reruns nothing of it; a caption's change reruns what describes."""
    for log, name, arguments, _, code in told:
        if log == "logs/device.log":  # no job
            continue
        files = {path.partition("workflow/applicability/")[2]: digest for path, digest in json.loads(code).items()}
        stages, figures = ({path for path in files if path.startswith(part)} for part in ("stages/", "figures/"))
        assert stages == {"stages/__init__.py", f"{COMMANDS[name].replace('.', '/')}.py"}
        assert ("drawing/style.py" in files) == ("matplotlib" in json.loads(code)) == (name == "plot")
        assert ("captions" in json.loads(code)) == name.startswith("describe")
        if name == "plot":
            assert f"figures/{arguments['figure'].replace('.', '/')}.py" in figures
            assert ("figures/samples.py" in figures) == arguments["figure"].endswith("samples")


def test_trainings_and_tests_ask_for_a_card_and_for_what_they_need(told):
    """Memory: mostly of 2 groups of 10^5 test draws in 20 replicates, 42 numbers of 4 bytes each, and 3 for a step.

    Time: 10^6 steps of 2 ms, and products of 17 weights with 7 draws; both twice as much at the second attempt.
    """
    asked = [(log, given) for log, name, _, given, _ in told if name in ("train", "test")]
    assert {given["gpu"] for _, given in asked} == {1}
    memory = 601 + 4 * 20 * (2 * 10**5 * 42 + 3 * 10**6) // 2**20
    minutes = 10 + 1 + int(2e-3 * 10**6 + 6 * 17 * 7 * 10**6 * 20 / 1e9) // 60
    needed = {"gpu": 1, "mem_mb": memory, "runtime": minutes}
    assert [given for log, given in asked if log.endswith("scale=3/n=12/two.log")] == [needed, needed]
    first, second = (given for log, given in asked if log == "logs/train/odd/scale=3/n=12/one.log")
    assert second == {"gpu": 1, "mem_mb": 2 * first["mem_mb"], "runtime": 2 * first["runtime"]}
    assert not [given for _, name, _, given, _ in told if name not in ("train", "test") and given.get("gpu")]


def test_an_estimate_times_as_many_at_once_as_there_are_cards(tmp_path):
    """As many as profiles/gpu has cards, not cores; the studies and the device are those of the config."""
    told = recorded(tmp_path / "run", "estimate")
    calibrated = [(log, arguments) for log, name, arguments, *_ in told if name == "calibrate"]
    assert sorted(log for log, _ in calibrated) == ["logs/estimate/0.log", "logs/estimate/1.log"]
    for _, arguments in calibrated:
        assert {read(study)["name"] for study in arguments["studies"]} == {*STUDIES}
        assert arguments["device"] == "cuda"
    assert "on 4 cores" in (tmp_path / "run/logs/estimate.txt").read_text().splitlines()[-1]
