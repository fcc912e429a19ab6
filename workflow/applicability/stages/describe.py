"""Stage describe: methods and captions of a study or an example, with its numbers."""

import json
from pathlib import Path

from applicability.figures import catalogue
from applicability.report import captions as texts
from applicability.report.findings import Findings
from applicability.storage import tables as stored
from applicability.storage.files import open_verified, write_atomically
from applicability.study.study import Study


def describe(study: str, shown: list[str], tables: list[Path], captions: Path) -> None:
    """Write the methods and captions of a study, in Markdown that is also valid reStructuredText.

    study: :class:`applicability.study.study.Study` as JSON.
    shown: what to describe, by path without ending: `figures/<figure>[-<learner>]` or `tables/<table>[-<learner>]`.
    tables: all tables of the study, scores.csv among them.
    captions: the page to write; each part stands between the comments `<!-- figures/gap-net -->` and `<!-- end -->`.
    """
    study = Study.parse(study)
    findings = Findings(study, {Path(path).stem: stored.read(path) for path in tables})
    parts = {"methods": texts.render(texts.METHODS, findings=findings)}
    for name in shown:
        folder, _, file = name.partition("/")
        kind, _, learner = file.partition("-")
        template = texts.TABLES[kind] if folder == "tables" else catalogue.figures()[kind].caption
        parts[name] = texts.render(template, findings=findings.of(learner) if learner else findings)
    write_captions(captions, f"How `{study.name}` was made and what it shows", parts)


def describe_example(metrics: Path, shown: list[str], captions: Path) -> None:
    """Write the captions of a worked example.

    metrics: metrics.json of the example, in its folder.
    shown: names of the figures to describe.
    captions: the page to write.
    """
    with open_verified(metrics, "the metrics of an example, as JSON") as file:
        numbers = json.load(file)
    example = Path(metrics).parent.name
    figures = catalogue.example_figures()
    parts = {name: texts.render(figures[name].caption, example=example, **numbers) for name in shown}
    write_captions(captions, f"What the worked example `{example}` shows", parts)


def write_captions(captions: Path, title: str, parts: dict[str, str]) -> None:
    """Write a page with a section for each part."""
    with write_atomically(captions) as part:
        part.write_text(texts.page(title, parts), encoding="utf-8")
