"""Jinja templates of a study's methods and table captions; fills the templates of figures too.

The caption of a figure stands in the figure's module. Templates ask :class:`applicability.report.findings.Findings`.
"""

import re

import jinja2

METHODS = """\
Draws. In the study ``{{ findings.study.name }}`` {{ findings.study.task | length }} groups are told apart,
{{ findings.groups() }} at scale 1. The grid has {{ findings.study.scales | length }} scales, {{ findings.scales() }},
which multiply the widths of the groups; and {{ findings.study.sample_sizes | length }} sample sizes,
{{ findings.sizes() }} training draws per group. Each of the {{ findings.cells() }} cells is repeated in
{{ findings.study.replicates }} replicates, each with its own draws, initial weights and batch order, all from seed
{{ findings.study.seed }}. Replicates are independent. Cells are not: they share standard draws, shifted and scaled,
and the draws of a small n are the first of the draws of a larger n.

Networks, trained on cross-entropy:

{% for learner in findings.described() %}
- {{ learner }}
{% endfor %}

Tests. Each network is tested on {{ findings.draws() }} fresh draws per group, beside the optimal rule on the same
draws. {% if findings.study.dimension == 1 %}Accuracies and other expectations that are called exact are integrals of
the distributions over the decision regions of the network, without test draws. {% else %}For accuracies and gaps each
draw counts by its posterior probabilities, which are known: the mean is the same, with less noise. {% endif %}
Intervals are Student's t-intervals at 95 % of the mean over replicates. A verdict is given against the target accuracy
of {{ findings.study.target_accuracy }} with tolerance {{ findings.study.tolerance }}. {{ findings.diverged() }}

Trained on {{ findings.where() }}.
"""

TABLES = {
    "summary": """\
Each learner in each cell: mean accuracy{{ findings.how() }} and gap to the optimal rule
in points, with 95 % intervals of the mean over {{ findings.study.replicates }} replicates, the SGD steps of a
training, and the verdict against the target of {{ findings.study.target_accuracy }}. Accuracies go
{{ findings.range("accuracy") }}. {{ findings.verdicts() }}. summary.csv, beside this table, has all other scores too.

Intervals are of the mean: a single training scatters more, by the root of the number of replicates.
Cells share draws: they are not independent of each other.
""",
    "optimum": """\
The best possible at each scale: the accuracy of the optimal rule,
{{ findings.best("accuracy") }}{{ findings.error_of_best() }}, and its log-loss, which no network can go below; where
theory gives them, the constant c of the plug-in rule's excess error c/n and the n from which on c/n holds.

The law c/n is that of the linear discriminant of two Gaussians of one scale: it is no bound for a network.
""",
    "planning": """\
How many training draws per group each learner needs at each scale to come within a gap of the optimum: on the grid
(by the upper limit of the mean gap's 95 % interval), by a power law with its bootstrap interval, and by theory for the
plug-in rule. {{ findings.needed() }}.

A number holds for this task, this network and this training. An n at the edge of the grid says only that so many draws
suffice, or do not; a power law outside the grid is a guess.
""",
    "differences": """\
What each learner changes against the baseline ``{{ findings.study.baseline }}`` in each cell: its gap less the gap of
the baseline, on the same draws, in points with the 95 % interval of the mean over {{ findings.study.replicates }}
replicates. {{ findings.helped() }}.

If nothing differed, about {{ findings.chance() }} intervals would exclude 0 by chance: single rows are no finding.
""",
    "accuracy": """\
The numbers of the accuracy map of {{ findings.learners() }}: mean accuracy{{ findings.how() }} over
{{ findings.study.replicates }} replicates, {{ findings.range("accuracy") }}; a row for each scale, a column for
each n. {{ findings.diverged() }}

A cell in which a training diverged is empty.
""",
}

ENVIRONMENT = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render(template: str, **known) -> str:
    """The text of a Jinja template, a line for each paragraph and list entry.

    template: text with Jinja's expressions.
    known: what the template may ask for, by name.
    Raises jinja2.UndefinedError where the template asks for something else.
    """
    text = ENVIRONMENT.from_string(template).render(**known).strip()
    text = re.sub(r"(?<!\n)\n(?!\n|- )", " ", text)  # templates are wrapped as code is
    return re.sub(" +$", "", text, flags=re.MULTILINE)


def page(title: str, parts: dict[str, str]) -> str:
    """A page of Markdown with a section for each part.

    title: heading of the page.
    parts: the text of each part by name; it stands between the comments `<!-- name -->` and `<!-- end -->`.
    """
    sections = [f"## {name}\n<!-- {name} -->\n\n{text}\n\n<!-- end -->\n" for name, text in parts.items()]
    return "\n".join([f"# {title}\n", *sections])
