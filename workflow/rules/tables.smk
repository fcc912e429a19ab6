"""The tables of a study.

takes: scores.csv of every cell and learner, as the config lists them; the task (params)
makes: optimum.csv, scores.csv, summary.csv, planning.csv, differences.csv and tables/accuracy-<learner>.csv of the study;
    all but the scores as they are read and printed, tables/<table>.*
steps: find_optimum; combine -> summarise -> tabulate, plan; combine -> compare; each -> typeset
"""


rule find_optimum:
    output:
        optimum=OPTIMUM,
    log:
        "logs/optimum/{study}.log",
    params:
        cells=cells_of_scales,
        code=code_of("optimum"),
    message:
        "Finding the optimum at every scale of {wildcards.study}"
    run:
        run_stage("optimum", wildcards, input, output, params, log)


rule combine:
    input:
        cells=lambda wildcards: over_grid(
            f"{TRAINED}/scores.csv", wildcards.study, learner=STUDIES[wildcards.study].learners
        ),
    output:
        scores=SCORES,
    log:
        "logs/combine/{study}.log",
    params:
        grid=lambda wildcards: STUDIES[wildcards.study].grid().json(),
        code=code_of("combine"),
    message:
        "Combining the scores of {wildcards.study}"
    run:
        run_stage("combine", wildcards, input, output, params, log)


rule summarise:
    input:
        scores=SCORES,
    output:
        summary=SUMMARY,
    log:
        "logs/summarise/{study}.log",
    params:
        target_accuracy=lambda wildcards: repr(STUDIES[wildcards.study].target_accuracy),
        tolerance=lambda wildcards: repr(STUDIES[wildcards.study].tolerance),
        code=code_of("summarise"),
    message:
        "Summarising the replicates of {wildcards.study}"
    run:
        run_stage("summarise", wildcards, input, output, params, log)


rule tabulate:
    input:
        summary=SUMMARY,
    output:
        table=TABLE,
    log:
        "logs/tabulate/{study}/{learner}.log",
    params:
        learner="{learner}",
        code=code_of("tabulate"),
    message:
        "Tabulating the accuracy of {wildcards.learner} in {wildcards.study}"
    run:
        run_stage("tabulate", wildcards, input, output, params, log)


rule plan:
    input:
        scores=SCORES,
        summary=SUMMARY,
        optimum=OPTIMUM,
    output:
        planning=PLANNING,
    log:
        "logs/plan/{study}.log",
    params:
        seed=lambda wildcards: str(STUDIES[wildcards.study].seed),
        code=code_of("plan"),
    message:
        "Planning sample sizes of {wildcards.study}"
    run:
        run_stage("plan", wildcards, input, output, params, log)


rule compare:
    input:
        scores=SCORES,
    output:
        differences=DIFFERENCES,
    log:
        "logs/compare/{study}.log",
    params:
        baseline=lambda wildcards: STUDIES[wildcards.study].baseline,
        code=code_of("compare"),
    message:
        "Comparing the learners of {wildcards.study} with its baseline"
    run:
        run_stage("compare", wildcards, input, output, params, log)


rule typeset:
    input:
        table=lambda wildcards: TABLES.get(wildcards.table, TYPESET.replace("{format}", ".csv")),
    output:
        pages=in_report(
            expand(TYPESET, format=TABLE_FORMATS, allow_missing=True),
            category="{study}",
            subcategory="tables",
            labels={"table": "{table}"},
        ),
    log:
        "logs/typeset/{study}/{table}.log",
    params:
        kind=lambda wildcards: wildcards.table.partition("-")[0],
        code=code_of("typeset"),
    message:
        "Typesetting {wildcards.table} of {wildcards.study}"
    run:
        run_stage("typeset", wildcards, input, output, params, log)
