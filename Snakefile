"""The pipeline is workflow/Snakefile; `snakemake` finds it from here."""


include: "workflow/Snakefile"


if not AS_MODULE:
    workflow.default_target = "all"  # Snakemake forgets that of a file which is included
