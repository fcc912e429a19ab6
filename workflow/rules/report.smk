"""What `snakemake --report` says beside the figures and tables: how a study was made, and what each of them shows.

takes: the tables; what the config says of the study (params); the templates of workflow/report
makes: results/<study>/captions.md, results/examples/<example>/captions.md
steps: describe; describe_example
"""


report: "../report/workflow.rst"


rule describe:
    input:
        unpack(tables_to_describe),
        templates=TEMPLATES,
    output:
        captions=CAPTIONS,
    log:
        "logs/describe/{study}.log",
    params:
        study=lambda wildcards: STUDIES[wildcards.study].json(),
        shown=lambda wildcards: shown_of(wildcards.study),
        code=code_of("describe"),
    message:
        "Describing what {wildcards.study} shows"
    run:
        run_stage("describe", wildcards, input, output, params, log)


rule describe_example:
    input:
        metrics=f"{EXAMPLE}/metrics.json",
        templates=TEMPLATES,
    output:
        captions=CAPTIONS_OF_EXAMPLE,
    log:
        "logs/describe/examples/{example}.log",
    params:
        shown=lambda wildcards: PICTURES[wildcards.example],
        code=code_of("describe"),
    message:
        "Describing what the example {wildcards.example} shows"
    run:
        run_stage("describe_example", wildcards, input, output, params, log)
