"""The two published worked examples: numbers and pictures.

takes: the examples of the config (params)
makes: results/examples/<example>/metrics.json, history.csv, samples.npz, model.pt, curves.npz, optimum.csv, pictures
steps: work_example -> draw_<picture>_of_example
"""


rule examples:
    input:
        [of_example(name) for name in EXAMPLES],
    message:
        "The worked examples are there"


rule work_example:
    output:
        expand(f"{EXAMPLE}/{{file}}", file=OF_EXAMPLE, allow_missing=True),
        metrics=f"{EXAMPLE}/metrics.json",
    log:
        "logs/example/{example}.log",
    params:
        cell=lambda wildcards: EXAMPLES[wildcards.example][0].json(),
        learner=lambda wildcards: EXAMPLES[wildcards.example][1].json(),
        code=code_of("example"),
    message:
        "Working the example {wildcards.example}"
    run:
        run_stage("example", wildcards, input, output, params, log)


for picture, files in OF_PICTURE.items():

    rule:
        name:
            f"draw_{picture}_of_example"
        input:
            **files,
        output:
            pictures=pictures_of_example(picture),
        log:
            f"logs/plot/examples/{{example}}/{picture}.log",
        params:
            figure=f"examples.{picture}",
            code=code_of("plot", f"figures.examples.{picture}"),
        message:
            f"Drawing {picture} of the example {{wildcards.example}}"
        run:
            run_stage("plot", wildcards, input, output, params, log)
