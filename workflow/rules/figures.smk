"""The figures of a study, each in every format: they read tables and cell files, and compute nothing.

takes: the tables and the cells' files that OF_STUDY and OF_LEARNER name
makes: figures/<figure>.*, figures/<figure>-<learner>.*
steps: draw_<figure>
"""

for figure in [*OF_STUDY, *OF_LEARNER]:

    rule:
        name:
            f"draw_{figure}"
        input:
            unpack(data_of(figure)),
        output:
            pictures=pictures(figure),
        log:
            f"logs/plot/{{study}}/{figure}{'-{learner}' if figure in OF_LEARNER else ''}.log",
        params:
            figure=module_of(figure),
            options=options_of(figure),
            code=code_of("plot", f"figures.{module_of(figure)}"),
        message:
            f"Drawing {figure}{' of {wildcards.learner}' if figure in OF_LEARNER else ''} in {{wildcards.study}}"
        run:
            run_stage("plot", wildcards, input, output, params, log)
