"""The figures of a study, each in every format: they read tables and cell files, and compute nothing.

takes: samples.npz of every cell; summary.csv
makes: figures/samples.*, figures/accuracy-<learner>.*
steps: draw_samples, draw_accuracy
"""


rule draw_samples:
    input:
        data=lambda wildcards: over_grid(SAMPLES, wildcards.study),
        code=sources("plot", "figures.samples"),
    output:
        pictures=pictures("samples", "samples"),
    log:
        "logs/plot/{study}/samples.log",
    params:
        figure="samples",
    message:
        "Drawing the samples of {wildcards.study}"
    run:
        run_stage("plot", input, output, params, log)


rule draw_accuracy:
    input:
        data=[SUMMARY],
        code=sources("plot", "figures.accuracy"),
    output:
        pictures=pictures("accuracy-{learner}", "accuracy", learner="{learner}"),
    log:
        "logs/plot/{study}/accuracy-{learner}.log",
    params:
        figure="accuracy",
        options=lambda wildcards: json.dumps({"learner": wildcards.learner}),
    message:
        "Drawing the accuracy of {wildcards.learner} in {wildcards.study}"
    run:
        run_stage("plot", input, output, params, log)
