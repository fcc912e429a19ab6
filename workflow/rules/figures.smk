"""The figures of a study, each in every format, drawn from tables and cell files.

takes: the tables and the cells' files that the catalogue of figures names; options (params)
makes: figures/<figure>.*, figures/<figure>-<learner>.*
steps: draw_<figure>
"""

import json


def inputs_of(figure):
    """The input function of a figure: from wildcards to the tables and cell files it reads."""
    return lambda wildcards: layout.inputs_of_figure(figure, study_of(wildcards), wildcards.get("learner"))


def options_of(figure):
    """The params function of a figure: from wildcards to its options, as JSON."""
    return lambda wildcards: json.dumps(figure.options(study_of(wildcards), wildcards.get("learner")), sort_keys=True)


for figure in catalogue.figures().values():
    named = f"{figure.name}-{{learner}}" if figure.of_learner else figure.name
    labels = {"figure": figure.name} | ({"learner": "{learner}"} if figure.of_learner else {})

    rule:
        name:
            f"draw_{figure.name}"
        input:
            unpack(inputs_of(figure)),
        output:
            pictures=in_report(
                expand(layout.FIGURE, figure=named, format=layout.FIGURE_FORMATS, allow_missing=True),
                category="{study}",
                subcategory="figures",
                labels=labels,
            ),
        log:
            f"logs/plot/{{study}}/{named}.log",
        localrule: True
        params:
            figure=figure.module,
            options=options_of(figure),
            code=code_of("plot", f"figures.{figure.module}"),
        message:
            f"Drawing {figure.name}{' of {wildcards.learner}' if figure.of_learner else ''} in {{wildcards.study}}"
        run:
            run_stage("plot", wildcards, input, output, params, log)
