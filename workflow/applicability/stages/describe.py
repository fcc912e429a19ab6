"""Stage describe: how a study was made and what its figures and tables show, in words and with its own numbers."""

import json
import re
from pathlib import Path

import jinja2

from applicability.report.findings import Told
from applicability.storage import tables
from applicability.storage.files import open_verified, write_atomically
from applicability.study import Study


def describe(
    study: str,
    shown: list[str],
    templates: list[Path],
    scores: Path,
    summary: Path,
    optimum: Path,
    planning: Path,
    captions: Path,
    differences: Path | None = None,
) -> None:
    """Write the methods and the captions of a study as Markdown that reStructuredText reads the same way.

    study: :class:`applicability.study.Study` as JSON. shown: what to describe, each by its path without its ending,
    `figures/<figure>[-<learner>]` or `tables/<table>[-<learner>]`. templates: Jinja, by name <figure>.rst,
    table-<table>.rst and methods.rst; what they may ask is :class:`applicability.report.findings.Told`. The others are
    the study's tables. Each part stands between the comments `<!-- figures/gap-net -->` and `<!-- end -->`.
    """
    known = {"summary": summary, "optimum": optimum, "planning": planning, "scores": scores, "differences": differences}
    study = Study.parse(study)
    told = Told(study, {name: tables.read(path) for name, path in known.items() if path})
    texts = environment(templates)
    parts = {"methods": texts.get_template("methods").render(told=told)}
    for name in shown:
        template, learner = template_of(name)
        parts[name] = texts.get_template(template).render(told=told.of(learner) if learner else told)
    write(captions, f"How `{study.name}` was made and what it shows", parts)


def describe_example(metrics: Path, shown: list[str], templates: list[Path], captions: Path) -> None:
    """Write the captions of a worked example: the same, of the numbers in metrics (what stage example wrote)."""
    with open_verified(metrics, "the metrics of an example, as JSON") as file:
        numbers = json.load(file)
    texts = environment(templates)
    example = Path(metrics).parent.name
    parts = {name: texts.get_template(f"example-{name}").render(example=example, **numbers) for name in shown}
    write(captions, f"What the worked example `{example}` shows", parts)


def environment(templates: list[Path]) -> jinja2.Environment:
    """The templates by their names without .rst; one that asks for what is not there is an error."""
    loader = jinja2.DictLoader({Path(path).stem: Path(path).read_text(encoding="utf-8") for path in templates})
    return jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def template_of(name: str) -> tuple[str, str]:
    """The template that describes a figure or table by its path without its ending, and the learner it is of."""
    folder, _, file = name.partition("/")
    kind, _, learner = file.partition("-")
    return f"table-{kind}" if folder == "tables" else kind, learner


def write(captions: Path, title: str, parts: dict[str, str]) -> None:
    """A page with a section for each part."""
    texts = {name: re.sub(" +$", "", text.strip(), flags=re.MULTILINE) for name, text in parts.items()}
    sections = [f"## {name}\n<!-- {name} -->\n\n{text}\n\n<!-- end -->\n" for name, text in texts.items()]
    with write_atomically(captions) as part:
        part.write_text("\n".join([f"# {title}\n", *sections]), encoding="utf-8")
