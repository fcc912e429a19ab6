"""The captions of figures and tables in the report: how a study was made, what each shows.

takes: the tables; what the config says of the study (params)
makes: results/<study>/captions.md, results/examples/<example>/captions.md
steps: describe; describe_example
"""

if not AS_MODULE:  # the parent has a report of its own

    report: "../report/workflow.rst"


rule describe:
    input:
        tables=lambda wildcards: layout.fill(
            layout.STUDY_TABLE, study=wildcards.study, table=["scores", *study_of(wildcards).tables]
        ),
    output:
        captions=layout.CAPTIONS,
    log:
        "logs/describe/{study}.log",
    localrule: True
    params:
        study=lambda wildcards: study_of(wildcards).json(),
        shown=lambda wildcards: layout.described_parts(study_of(wildcards)),
        code=code_of("describe", figures=catalogue.figures().values()),
    message:
        "Describing what {wildcards.study} shows"
    run:
        run_stage("describe", wildcards, input, output, params, log)


rule describe_example:
    input:
        metrics=f"{layout.EXAMPLE}/metrics.json",
    output:
        captions=f"{layout.EXAMPLE}/captions.md",
    log:
        "logs/describe/examples/{example}.log",
    localrule: True
    params:
        shown=lambda wildcards: layout.figures_of_example(EXAMPLES[wildcards.example][0]),
        code=code_of("describe", figures=catalogue.example_figures().values()),
    message:
        "Describing what the example {wildcards.example} shows"
    run:
        run_stage("describe_example", wildcards, input, output, params, log)
