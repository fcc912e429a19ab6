"""Small studies, worked by the library's stages as the rules work them."""

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

from applicability.config import studies as configs
from applicability.config.validation import validate
from applicability.described import answers
from applicability.figures import catalogue
from applicability.layout import inputs_of_figure
from applicability.stages.assess import assess
from applicability.stages.combine import combine
from applicability.stages.compare import compare
from applicability.stages.optimum import optimum
from applicability.stages.plan import plan
from applicability.stages.plot import plot
from applicability.stages.simulate import simulate
from applicability.stages.summarise import summarise
from applicability.stages.tabulate import tabulate
from applicability.stages.test import test
from applicability.stages.train import train
from applicability.study.study import Study
from conftest import TASKS, make_learner
from matplotlib.figure import Figure

CONFIG = """\
studies:
  s:
    task: {a: {norm: {loc: 1.0}}, b: {norm: {loc: 2.0}}}
    scales: [0.2, 1]
    sample_sizes: [10, 100]
    learners: {net: {hidden: [8], epochs: 3}}
"""


def studies_of(config: dict) -> dict[str, Study]:
    """The studies of a config that is not yet validated; what it names is described in this process, for speed."""
    with patch("applicability.config.outside.answers_of", answers):
        return configs.studies(validate(config))


def with_value(entry: dict, keys: Iterable, value) -> dict:
    """A copy of nested mappings and lists in which one value is another, or (`...`) is not there."""
    *above, last = keys
    inner = found = copy.deepcopy(entry)
    for key in above:
        inner = inner[key]
    inner[last] = value
    if value is ...:
        del inner[last]
    return found


def make_study(**changes) -> Study:
    """A small study of two Gaussians."""
    usual = {"name": "s", "seed": 0, "task": TASKS[0], "scales": [0.5, 1.0], "sample_sizes": [10, 100], "replicates": 3}
    usual |= {"test_draws": 50, "target_accuracy": 0.9, "tolerance": 0.005, "learners": {"net": make_learner()}}
    return Study(**usual | changes)


def by_stages(study: Study, folder: Path) -> list[Path]:
    """Make all files of a study but figures and what is typeset, in a folder of its own; the paths of its tables."""
    paths, trained = {name: folder / f"{name}.csv" for name in ("scores", *study.tables)}, []
    for scale in study.scales:
        test_samples = folder / f"scale={scale:g}/test.npz"
        simulate(study.cell(scale, 1).of_tests().json(), test_samples, role="test")
        for n in study.sample_sizes:
            here = folder / f"scale={scale:g}/n={n}"
            simulate(study.cell(scale, n).json(), here / "samples.npz")
            for learner in study.learners.values():
                trained.append(here / learner.name / "scores.csv")
                if not learner.losses:
                    assess(here / "samples.npz", test_samples, learner.json(), trained[-1])
                    continue
                train(here / "samples.npz", learner.json(), trained[-1].with_name("model.pt"))
                test(here / "samples.npz", test_samples, trained[-1].with_name("model.pt"), trained[-1])
    optimum([study.cell(scale, 1).json() for scale in study.scales[::-1]], paths["optimum"])
    combine(trained, study.grid().json(), paths["scores"])
    learners = [learner.json() for learner in study.learners.values()]
    summarise(paths["scores"], paths["summary"], learners, str(study.tolerance))
    plan(paths["scores"], paths["optimum"], paths["planning"])
    for learner in study.learners:
        tabulate(paths["summary"], learner, folder / f"tables/accuracy-{learner}.csv")
    if study.baseline:
        compare(paths["scores"], study.baseline, paths["differences"])
    return list(paths.values())


def drawn(figure: catalogue.Figure, study: Study, learner: str | None, folder: Path, pictures: list[Path]) -> Figure:
    """A figure that its stage draws, from files in another order than the rules'. folder: where results/ lies."""
    files = inputs_of_figure(figure, study, learner)
    files = {key: [folder / path for path in paths][::-1] for key, paths in files.items()}
    with patch.object(Figure, "savefig", autospec=True, side_effect=Figure.savefig) as saved:
        plot(figure.module, pictures, json.dumps(figure.options(study, learner)), **files)
    return saved.call_args.args[0]
