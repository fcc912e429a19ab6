"""Jinja templates of a study's methods and table captions; fills the templates of figures too.

The caption of a figure stands in the figure's module. Templates ask :class:`applicability.report.findings.Findings`.
"""

import re

import jinja2

METHODS = """\
Draws. In the study ``{{ findings.study.name }}`` {{ findings.study.task | length }} groups are told apart,
{{ findings.groups() }} at scale 1. The grid has scales {{ findings.scales() }} ({{ findings.study.scales | length }}),
which multiply
{{ "the distances of rows from the mean of their group" if findings.table() else "the widths of the groups" }}, and
sample sizes {{ findings.sizes() }} ({{ findings.study.sample_sizes | length }}), {{ findings.drawn() }}.
{{ findings.weights() }}{{ findings.view() }}Each of the {{ findings.cells() }} cells is repeated in
{{ findings.replicates() }}, each with its own draws
{{- ", initial weights and batch order" if findings.stepped() else " and random numbers" }}, all from seed
{{ findings.study.seed }}. Replicates are independent. Cells are not: they share
{{ "rows" if findings.table() else "standard draws, shifted and scaled" }}, and the draws of a
small n are the first of the draws of a larger n.

{{ findings.kinds() }}:

{% for learner in findings.described() %}
- {{ learner }}
{% endfor %}

Tests. Each learner is tested on {{ findings.fresh() }}
{%- if findings.study.weights %}, which count by the weights of the groups{% endif %}
{%- if findings.study.known %}, beside the optimal rule on the same draws{% endif %}.
{% if findings.study.exact %}Accuracies and other expectations that are called exact are integrals of the distributions
over the decision regions of the learner, without test draws.
{% elif findings.study.known %}For accuracies and gaps each draw counts by its posterior probabilities, which are known:
the mean is the same, with less noise.
{% else %}The best possible is not known. {{ findings.caveat() }}{{ findings.repeated() }}{{ findings.bounds() }}
{%- endif %}
Gaps to the {{ findings.measure() }} are skewed: they are counted, and shown by median and quartiles.
{{ findings.what_it_takes() }} A training is good within {{ findings.tolerance() }} of the {{ findings.measure() }}.
{{ findings.unseen() }}{{ findings.diverged() }}

Trained on {{ findings.where() }}.
"""

TABLES = {
    "summary": """\
Each learner in each cell: how many of {{ findings.study.replicates }} trainings are within {{ findings.tolerance() }}
of the {{ findings.measure() }}, with the lower limit of their share; median and quartiles of the gap; the mean
accuracy{{ findings.how() }}, and what is missing to 1 split into
{{ "overlap" if findings.study.known else "what is unreached" }}, data and learner; the SGD steps of a
training{% if findings.stopped() %} (their median, where it stops early){% endif %}
{%- if findings.fitted() %} (0 of one that takes none){% endif %}; the verdict, and in brackets who
shows it. Accuracies go {{ findings.range("accuracy") }}. {{ findings.verdicts() }}.
summary.csv, beside this table, has all other scores too.

{{ findings.what_it_takes() }} Quartiles are of single trainings. Cells share draws: they are not independent of each
other.
""",
    "optimum": """\
{% if findings.study.known %}
The best possible at each scale: the accuracy of the optimal rule,
{{ findings.best_accuracy() }}, and its log-loss, which no learner can go below; where
theory gives them, the constant c of the plug-in rule's excess error c/n and the n from which on c/n holds.

The law c/n is that of the linear discriminant of two Gaussians of one scale: it is no bound for others.
{% else %}
What is known of the best possible at each scale: the error of the nearest neighbour rule, each draw tried on all
others, with its interval, and the bounds of the best possible accuracy that follow from it: at least
{{ findings.best("accuracy_lower_bound") }}, and at most {{ findings.best("accuracy_upper_bound") }}.

{{ findings.bounds() }}
{% endif %}
""",
    "planning": """\
How many {{ findings.drawn() }} each learner needs at each scale for at least half of its trainings to come within a
gap of the {{ findings.measure() }}: on the grid; by a power law through the same limits, or why there is none; and by
theory for the mean of the plug-in rule. {{ findings.needed() }}.

{{ findings.what_it_takes() }} A number holds for this task and this learner. An n at the edge of the
grid says only that so many draws suffice, or are not shown to.
""",
    "differences": """\
What each learner changes against the baseline ``{{ findings.study.baseline }}`` in each cell: its gap less the gap of
the baseline, on the same draws, in points, median and quartiles of {{ findings.replicates() }}; and in
how many the learner is better, or worse, with the lower limit of the share. {{ findings.helped() }}.

If nothing differed, about {{ findings.chance() }} would be shown by chance: single rows are no finding.
""",
    "accuracy": """\
The numbers of the accuracy map of {{ findings.learners() }}: mean accuracy{{ findings.how() }} over
{{ findings.replicates() }}, {{ findings.range("accuracy") }}; a row for each scale, a column for
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
    return re.sub(" +$", "", re.sub(" +", " ", text), flags=re.MULTILINE)  # what is empty leaves its spaces


def page(title: str, parts: dict[str, str]) -> str:
    """A page of Markdown with a section for each part.

    title: heading of the page.
    parts: the text of each part by name; it stands between the comments `<!-- name -->` and `<!-- end -->`.
    """
    sections = [f"## {name}\n<!-- {name} -->\n\n{text}\n\n<!-- end -->\n" for name, text in parts.items()]
    return "\n".join([f"# {title}\n", *sections])
