"""The tables of a study.

takes: scores.csv of every cell and learner, as the config lists them; the task (params)
makes: optimum.csv, scores.csv, summary.csv, planning.csv, differences.csv, tables/accuracy-<learner>.csv;
    for readers, tables/<table>.{html,md,tex} of each but scores.csv
steps: optimum; combine -> summarise -> tabulate; combine -> plan; combine -> compare; each -> typeset
"""


rule optimum:
    output:
        optimum=path_of_table("optimum"),
    log:
        "logs/optimum/{study}.log",
    localrule: True
    params:
        cells=lambda wildcards: [study_of(wildcards).cell(scale, n=1).json() for scale in study_of(wildcards).scales],
        code=code_of("optimum"),
    message:
        "Finding the optimum at every scale of {wildcards.study}"
    run:
        run_stage("optimum", wildcards, input, output, params, log)


rule combine:
    input:
        cells=lambda wildcards: layout.over_grid(
            f"{layout.TRAINED}/scores.csv", study_of(wildcards), learner=study_of(wildcards).learners
        ),
    output:
        scores=layout.SCORES,
    log:
        "logs/combine/{study}.log",
    localrule: True
    params:
        grid=lambda wildcards: study_of(wildcards).grid().json(),
        code=code_of("combine"),
    message:
        "Combining the scores of {wildcards.study}"
    run:
        run_stage("combine", wildcards, input, output, params, log)


rule summarise:
    input:
        scores=layout.SCORES,
    output:
        summary=path_of_table("summary"),
    log:
        "logs/summarise/{study}.log",
    localrule: True
    params:
        learners=lambda wildcards: [learner.json() for learner in study_of(wildcards).learners.values()],
        tolerance=lambda wildcards: repr(study_of(wildcards).tolerance),
        code=code_of("summarise"),
    message:
        "Summarising the replicates of {wildcards.study}"
    run:
        run_stage("summarise", wildcards, input, output, params, log)


rule tabulate:
    input:
        summary=path_of_table("summary"),
    output:
        table=layout.ACCURACIES,
    log:
        "logs/tabulate/{study}/{learner}.log",
    localrule: True
    params:
        learner="{learner}",
        code=code_of("tabulate"),
    message:
        "Tabulating the accuracy of {wildcards.learner} in {wildcards.study}"
    run:
        run_stage("tabulate", wildcards, input, output, params, log)


rule plan:
    input:
        scores=layout.SCORES,
        optimum=path_of_table("optimum"),
    output:
        planning=path_of_table("planning"),
    log:
        "logs/plan/{study}.log",
    localrule: True
    params:
        code=code_of("plan"),
    message:
        "Planning sample sizes of {wildcards.study}"
    run:
        run_stage("plan", wildcards, input, output, params, log)


rule compare:
    input:
        scores=layout.SCORES,
    output:
        differences=path_of_table("differences"),
    log:
        "logs/compare/{study}.log",
    localrule: True
    params:
        baseline=lambda wildcards: study_of(wildcards).baseline,
        code=code_of("compare"),
    message:
        "Comparing the learners of {wildcards.study} with its baseline"
    run:
        run_stage("compare", wildcards, input, output, params, log)


rule typeset:
    input:
        table=lambda wildcards: layout.table_of_name(wildcards.table),
    output:
        pages=in_report(
            expand(layout.TYPESET, format=layout.TABLE_FORMATS, allow_missing=True),
            category="{study}",
            subcategory="tables",
            labels={"table": "{table}"},
        ),
    log:
        "logs/typeset/{study}/{table}.log",
    localrule: True
    params:
        kind=lambda wildcards: wildcards.table.partition("-")[0],
        code=code_of("typeset"),
    message:
        "Typesetting {wildcards.table} of {wildcards.study}"
    run:
        run_stage("typeset", wildcards, input, output, params, log)
