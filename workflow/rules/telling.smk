"""What `snakemake verify` and `snakemake estimate` have in common, and what an estimate is told of the jobs.

takes: the config; the settings that Snakemake was started with; the workers
makes: `only_telling`, `alone`, `tell_estimate`
"""


def at_a_time():
    """How many trainings and tests can be under way here: all cores, or what a limit leaves of CUDA cards."""
    limit = inside.limit_of(workflow, "gpu") if CONFIG["device"].startswith("cuda") else None
    return min(limit or inside.cores(workflow), inside.cores(workflow))


def only_telling():
    """The target that tells of the results and makes none, where this run has one."""
    return next((target for target in ("verify", "estimate") if target in inside.targets(workflow)), None)


def alone(target):
    """Raises InputError where such a target is not all there is, or cannot be told here."""
    if len(inside.targets(workflow)) > 1:
        raise InputError(f"{target}: expected no other target beside it, which would be made at the same time")
    where = inside.executor_name(workflow)
    if target == "estimate" and where not in ("local", "dryrun", "touch"):
        raise InputError(
            "estimate: expected a run on this machine, which alone it can time (--workflow-profile profiles/default); "
            f"found executor {where}"
        )


def job_of(rule, wildcards, done):
    """A job of a study, from its rule's name and its wildcards."""
    from applicability.estimate.rates import Job  # numpy with it, and SciPy

    study, figure = STUDIES[wildcards["study"]], rule.removeprefix("draw_")
    cell = study.cell(float(wildcards["scale"]), int(wildcards["n"])) if "n" in wildcards else None
    figure = catalogue.figures().get(figure)
    read = layout.inputs_of_figure(figure, study, wildcards.get("learner")) if figure else {}
    return Job(rule, study, cell, study.learners.get(wildcards.get("learner")), len(read.get("cells", [])), done)


def jobs_of_config():
    """Every job of the config's studies, as Snakemake's record has them."""
    from applicability.storage import snakemake_record as records

    files = records.summary(PROJECT / "Snakefile", CONFIG, ["all"])
    found = records.jobs(files, lambda rule, path: inside.wildcards_of(workflow, rule, path))
    return [job_of(*each) for each in found]


def tell_estimate(log):
    """Print what a run of this config takes here."""
    from applicability.estimate.estimate import estimate

    with reported(log):
        estimate(log[0], jobs_of_config, WORKERS, inside.cores(workflow), at_a_time(), CONFIG["device"])
