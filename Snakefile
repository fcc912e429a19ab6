"""The pipeline is workflow/Snakefile; `snakemake` in this folder finds it through this file."""


include: "workflow/Snakefile"


inside.set_default_target(workflow, "all")
