"""When does a neural-network classifier work? The map, from a config to the figures.

    results/<study>/scale=<s>/n=<n>/samples.npz                 simulate: the draws of a cell
    results/<study>/scale=<s>/n=<n>/<learner>/model.pt          train     (+ history.csv, cost.csv)
    results/<study>/scale=<s>/n=<n>/<learner>/scores.csv        test: a row per replicate (+ curves.npz)
    results/<study>/optimum.csv                                 find_optimum: a row per scale
    results/<study>/scores.csv                                  combine: a row per learner, cell and replicate
    results/<study>/summary.csv                                 summarise: a row per learner and cell
    results/<study>/planning.csv                                plan: a row per learner, scale and gap
    results/<study>/differences.csv                             compare: a row per learner and cell, where there is a baseline
    results/<study>/tables/accuracy-<learner>.csv               summarise: scale x n, as the heatmap shows it
    results/<study>/tables/<table>.{html,md,tex}                typeset: the same tables, and the others, for readers
    results/<study>/captions.md                                 describe: how it was made and what it shows, in words
    results/<study>/figures/<figure>.{pdf,png,svg}              plot
    results/examples/<example>/...                              the worked examples, by `snakemake examples`
    results/provenance.json                                     what the last run was made of
    logs/<stage>/...                                            a log per job

`snakemake` runs config/config.yaml; `--configfile FILE` takes FILE in its place; `--config device=cpu` (any key)
changes either; `snakemake verify` compares the results with both, `snakemake estimate` tells what a run will take.
Cores and the like are in profiles/.
"""

from snakemake.utils import min_version

min_version("9.0")

if not workflow.overwrite_configfiles:  # a config given by hand replaces the default, it is not merged into it
    try:  # the directive `configfile:`, which snakefmt does not take here
        workflow.configfile(f"{workflow.basedir}/config/config.yaml")
    except (OSError, ValueError, RecursionError) as error:
        raise SystemExit(f"config: config/config.yaml: expected a file of YAML or JSON: {error}")


include: "workflow/rules/common.smk"
include: "workflow/rules/workers.smk"
include: "workflow/rules/shown.smk"
include: "workflow/rules/cells.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/examples.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/questions.smk"


# on a cluster, too, the quick stages run where Snakemake does
workflow.localrules(*(rule.name for rule in workflow.rules if rule.name not in ("train", "test")))


rule all:
    default_target: True
    input:
        [of_study(name) for name in STUDIES],
    message:
        "All tables and figures are there"
