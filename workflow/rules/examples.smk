"""The two published worked examples: numbers and pictures.

takes: the examples of the config (params); no files
makes: results/examples/<example>/metrics.json, history.csv, samples.npz, model.pt, curves.npz, optimum.csv, pictures
steps: example -> draw_<figure>_of_example
"""


rule examples:
    input:
        [layout.files_of_example(name, cell) for name, (cell, _) in EXAMPLES.items()],
    localrule: True
    message:
        "The worked examples are there"


rule example:
    output:
        expand(f"{layout.EXAMPLE}/{{file}}", file=layout.OF_EXAMPLE, allow_missing=True),
        metrics=f"{layout.EXAMPLE}/metrics.json",
    log:
        "logs/example/{example}.log",
    localrule: True
    params:
        cell=lambda wildcards: EXAMPLES[wildcards.example][0].json(),
        learner=lambda wildcards: EXAMPLES[wildcards.example][1].json(),
        code=code_of("example"),
    message:
        "Working the example {wildcards.example}"
    run:
        run_stage("example", wildcards, input, output, params, log)


for figure in catalogue.example_figures().values():

    rule:
        name:
            f"draw_{figure.name}_of_example"
        input:
            tables=[f"{layout.EXAMPLE}/{table}.csv" for table in figure.tables],
            cells=[f"{layout.EXAMPLE}/{figure.cell_file}"],
        output:
            pictures=in_report(
                [f"{layout.EXAMPLE}/{figure.name}{format}" for format in layout.FIGURE_FORMATS],
                category="examples",
                subcategory="{example}",
                labels={"figure": figure.name},
            ),
        log:
            f"logs/plot/examples/{{example}}/{figure.name}.log",
        localrule: True
        params:
            figure=figure.module,
            code=code_of("plot", f"figures.{figure.module}"),
        message:
            f"Drawing {figure.name} of the example {{wildcards.example}}"
        run:
            run_stage("plot", wildcards, input, output, params, log)
