"""The figures of a study, each in every format: they read tables and cell files, and compute nothing.

takes: samples.npz of every cell; summary.csv
makes: figures/samples.*, figures/accuracy-<learner>.*
steps: draw_samples, draw_accuracy
"""


def pictures(figure, /, **labels):
    """A figure's files in every format; the report shows the png."""
    caption = f"../report/{figure.partition('-')[0]}.rst"
    shown = {"category": "{study}", "subcategory": "figures", "caption": caption, "labels": labels}
    paths = [FIGURE.replace("{figure}", figure) + format for format in FORMATS]
    return [report(path, **shown) if path.endswith(".png") else path for path in paths]


rule draw_samples:
    message:
        "Drawing the samples of {wildcards.study}"
    input:
        data=lambda wildcards: over_grid(SAMPLES, wildcards.study),
        code=sources("plot", "figures.samples"),
    output:
        pictures=pictures("samples", figure="samples"),
    params:
        figure="samples",
    log:
        "logs/plot/{study}/samples.log",
    run:
        run_stage("plot", input, output, params, log)


rule draw_accuracy:
    message:
        "Drawing the accuracy of {wildcards.learner} in {wildcards.study}"
    input:
        data=[SUMMARY],
        code=sources("plot", "figures.accuracy"),
    output:
        pictures=pictures("accuracy-{learner}", figure="accuracy", learner="{learner}"),
    params:
        figure="accuracy",
        options=lambda wildcards: json.dumps({"learner": wildcards.learner}),
    log:
        "logs/plot/{study}/accuracy-{learner}.log",
    run:
        run_stage("plot", input, output, params, log)
