"""Targets that answer a question and make no results: verify and estimate.

`snakemake verify`: do the results on disk belong to this config and code, unchanged since written?
`snakemake estimate`: how long would a run of this config take on this machine?
takes: the config; the results and Snakemake's record of them; an estimate uses all cores for some seconds
makes: logs/verify.txt and logs/estimate.txt, printed too
steps: verify; estimate
"""


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
            verify(PROJECT / "Snakefile", config, log[0])


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    localrule: True
    message:
        "Estimating what a run takes"
    run:
        print_estimate(log)
