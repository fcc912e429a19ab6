"""`snakemake verify`: are the results on disk those of this config and this code, as they were written?
`snakemake estimate`: what would a run of this config take on this machine?

takes: the config; the results and Snakemake's record of them; for an estimate, some seconds of all cores
makes: lines that answer, in logs/verify.txt and logs/estimate.txt too; `only_telling` and `alone`, which a run's start asks
steps: verify; estimate
"""

import functools


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


def at_a_time():
    """How many trainings and tests can be under way here: all cores, or what a limit leaves of CUDA cards."""
    limit = inside.limit_of(workflow, "gpu") if CONFIG["device"].startswith("cuda") else None
    return min(limit or inside.cores(workflow), inside.cores(workflow))


def jobs_to_count():
    """Every job of the config's studies, as Snakemake's record has them."""
    from applicability.estimate.jobs import jobs_of_run

    return jobs_of_run(PROJECT / "Snakefile", CONFIG, STUDIES, functools.partial(inside.wildcards_of, workflow))


rule verify:
    log:
        "logs/verify.txt",
    retries: 0
    localrule: True
    message:
        "Comparing the results with the config, the code and their records"
    run:
        from applicability.storage.verify import verify

        with reported(log):
            verify(PROJECT / "Snakefile", CONFIG, log[0])


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    localrule: True
    message:
        "Estimating what a run takes"
    run:
        from applicability.estimate.estimate import estimate  # numpy with it, which takes a while

        with reported(log):
            estimate(log[0], jobs_to_count, WORKERS, inside.cores(workflow), at_a_time(), CONFIG["device"])
