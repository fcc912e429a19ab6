"""`snakemake estimate`: what would a run of this config take on this machine?

takes: the config; Snakemake's record of the results; some seconds of all cores
makes: a table by stage and what it adds up to, in logs/estimate.txt too
steps: estimate
"""

from types import SimpleNamespace


def job_of(rule, wildcards, done):
    """A job of a study, from its rule's name and its wildcards."""
    from applicability.rates import Job  # numpy with it, and SciPy

    study, figure = STUDIES[wildcards["study"]], rule.removeprefix("draw_")
    cell = study.cell(float(wildcards["scale"]), int(wildcards["n"])) if "n" in wildcards else None
    read = data_of(figure)(SimpleNamespace(**wildcards)) if figure in OF_STUDY | OF_LEARNER else {}
    return Job(rule, study, cell, study.learners.get(wildcards.get("learner")), len(read.get("cells", [])), done)


def jobs_of_config():
    """Every job of the config's studies, as Snakemake's record has them."""
    from applicability import records

    files = records.summary(workflow.main_snakefile, CONFIG, ["all"])
    found = records.jobs(files, lambda rule, path: workflow.get_rule(rule).get_wildcards(path))
    return [job_of(*each) for each in found]


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    message:
        "Estimating what a run takes"
    run:
        from applicability.estimate import estimate

        with reported(log), open(log[0], "w") as file:
            for line in estimate(jobs_of_config, WORKERS, workflow.cores, at_a_time(), CONFIG["device"]):
                print(line)
                print(line, file=file)
