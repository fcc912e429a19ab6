"""The tables of a study.

takes: scores.csv of every cell and learner, as the config lists them
makes: scores.csv, summary.csv and tables/accuracy-<learner>.csv of the study
steps: combine -> summarise -> tabulate
"""


rule combine:
    input:
        cells=lambda wildcards: over_grid(
            f"{TRAINED}/scores.csv", wildcards.study, learner=STUDIES[wildcards.study].learners
        ),
        code=sources("combine"),
    output:
        scores=SCORES,
    log:
        "logs/combine/{study}.log",
    params:
        grid=lambda wildcards: STUDIES[wildcards.study].grid().json(),
    message:
        "Combining the scores of {wildcards.study}"
    run:
        run_stage("combine", input, output, params, log)


rule summarise:
    input:
        scores=SCORES,
        code=sources("summarise"),
    output:
        summary=SUMMARY,
    log:
        "logs/summarise/{study}.log",
    message:
        "Summarising the replicates of {wildcards.study}"
    run:
        run_stage("summarise", input, output, params, log)


rule tabulate:
    input:
        summary=SUMMARY,
        code=sources("summarise"),
    output:
        table=report(
            TABLE,
            category="{study}",
            subcategory="tables",
            caption="../report/accuracy-table.rst",
            labels={"table": "accuracy", "learner": "{learner}"},
        ),
    log:
        "logs/tabulate/{study}/{learner}.log",
    params:
        learner="{learner}",
    message:
        "Tabulating the accuracy of {wildcards.learner} in {wildcards.study}"
    run:
        run_stage("tabulate", input, output, params, log)
