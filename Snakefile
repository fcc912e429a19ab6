"""The pipeline is workflow/Snakefile; `snakemake` finds it from here."""


include: "workflow/Snakefile"


inside.set_default_target(workflow, "all")
