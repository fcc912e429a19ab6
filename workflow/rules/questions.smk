"""`snakemake verify`: are the results on disk those of this config and this code, as they were written?
`snakemake estimate`: what would a run of this config take on this machine?

takes: the config; the results and Snakemake's record of them; for an estimate, some seconds of all cores
makes: lines that answer, in logs/verify.txt and logs/estimate.txt too; `only_telling` and `alone`, which a run's start asks
steps: verify; estimate
"""


def only_telling():
    """The target that tells of the results and makes none, where this run has one."""
    return next((target for target in ("verify", "estimate") if target in workflow.dag_settings.targets), None)


def alone(target):
    """Raises InputError where such a target is not all there is, or cannot be told here."""
    if len(workflow.dag_settings.targets) > 1:
        raise InputError(f"{target}: expected no other target beside it, which would be made at the same time")
    where = workflow.executor_plugin.name
    if target == "estimate" and where not in ("local", "dryrun", "touch"):
        raise InputError(
            "estimate: expected a run on this machine, which alone it can time (--workflow-profile profiles/default); "
            f"found executor {where}"
        )


def at_a_time():
    """How many trainings and tests can be under way here: all cores, or what a limit leaves of CUDA cards."""
    limit = workflow.global_resources.get("gpu") if CONFIG["device"].startswith("cuda") else None
    return min(limit or workflow.cores, workflow.cores)


def jobs_to_count():
    """Every job of the config's studies, as Snakemake's record has them."""
    from applicability.estimate.jobs import jobs_of_run

    def wildcards(rule, path):
        return workflow.get_rule(rule).get_wildcards(path)

    return jobs_of_run(workflow.main_snakefile, CONFIG, STUDIES, wildcards)


rule verify:
    log:
        "logs/verify.txt",
    retries: 0
    message:
        "Comparing the results with the config, the code and their companions"
    run:
        from applicability.storage.verify import verify

        with reported(log):
            verify(workflow.main_snakefile, CONFIG, log[0])


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    message:
        "Estimating what a run takes"
    run:
        from applicability.estimate.estimate import estimate  # numpy with it, which takes a while

        with reported(log):
            estimate(log[0], jobs_to_count, WORKERS, workflow.cores, at_a_time(), CONFIG["device"])
