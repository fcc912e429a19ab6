"""The catalogue of figures: every module says what it needs and shows, and the pages follow its order."""

import re

import pytest
from applicability.figures import catalogue
from applicability.figures.catalogue import ORDER
from applicability.layout import figures_of_study, inputs_of_figure
from applicability.report import captions
from checkouts import ROOT
from conftest import LINE, PLANE, make_learner
from studies import make_study

FIGURES = [*catalogue.figures().values(), *catalogue.example_figures().values()]
NETS = {name: make_learner(name=name, hidden=hidden) for name, hidden in (("net", [8]), ("wide", [16]))}
TOGETHER = {"accuracies", "gaps", "shares", "verdicts"}
# not every study has them
ON_A_LINE = {"posterior", "ratio", "boundary"}
DEPENDS = ON_A_LINE | TOGETHER | {"regions", "budget", "differences", "detection"}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.module)
def test_a_figure_has_a_caption_of_two_paragraphs(figure):
    assert captions.ENVIRONMENT.parse(figure.caption)
    assert figure.caption.strip().count("\n\n") == 1  # what is seen, and what must not be concluded


def test_the_order_is_that_of_the_page():
    assert len(set(ORDER)) == len(ORDER)
    assert set(ORDER) <= set(catalogue.figures())
    page = (ROOT / "docs/what-it-shows.md").read_text()
    shown = re.findall(r"\(pictures/gaussians/([a-z]+)[\w-]*\.png\)", page)
    assert len(shown) >= 10
    assert shown == [name for name in ORDER if name in shown]


BUDGETS = {name: make_learner(name=name, steps=steps) for name, steps in (("one", 9), ("two", 8))}
SEVEN = {f"net{width}": make_learner(name=f"net{width}", hidden=[width]) for width in range(1, 8)}
SPACE = [[name, [{"norm": {"loc": loc}}] * 3] for name, loc in (("a", 0.0), ("b", 1.0))]
SHOWN = [
    ({}, ON_A_LINE),
    ({"target_accuracy": None}, ON_A_LINE),  # maps of verdicts do without
    ({"learners": NETS, "baseline": "net"}, ON_A_LINE | TOGETHER | {"differences"}),
    ({"learners": BUDGETS}, ON_A_LINE | TOGETHER | {"budget"}),
    ({"learners": SEVEN}, ON_A_LINE),  # too many side by side
    ({"weights": [0.25, 0.75]}, ON_A_LINE | {"detection"}),
    ({"task": LINE, "weights": [0.25, 0.25, 0.5]}, {"posterior"}),
    ({"task": LINE}, {"posterior"}),
    ({"task": PLANE}, {"regions"}),
    ({"task": SPACE}, set()),
]


@pytest.mark.parametrize(("changes", "shown"), SHOWN)
def test_a_study_has_the_figures_that_it_can(changes, shown):
    study, expected = make_study(**changes), []
    for name, figure in catalogue.figures().items():
        if name not in DEPENDS - shown:
            expected += [f"{name}-{learner}" for learner in study.learners] if figure.of_learner else [name]
    assert figures_of_study(study) == expected


def test_a_figure_of_cells_reads_scales_and_sizes_spread_over_the_grid():
    """Of a learner four of each, the first and the last with them; without a learner fifteen; of a small grid all."""
    scales, sizes = [place / 10 for place in range(1, 8)], [10 * place for place in range(1, 17)]
    most = {"posterior": ([0.1, 0.3, 0.5, 0.7], [10, 60, 110, 160])}
    most["samples"] = scales, [size for size in sizes if size != 80]
    for name, shown in most.items():
        figure, learner = catalogue.figures()[name], "net" if name == "posterior" else None
        for study, (few, many) in (
            (make_study(scales=scales, sample_sizes=sizes), shown),
            (make_study(scales=scales[:4], sample_sizes=sizes[:4]), (scales[:4], sizes[:4])),
        ):
            files = inputs_of_figure(figure, study, learner)
            end = "net/curves.npz" if learner else "samples.npz"
            assert files == {"cells": [f"results/s/scale={scale}/n={n}/{end}" for scale in few for n in many]}
