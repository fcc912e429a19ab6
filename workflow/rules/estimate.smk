"""`snakemake estimate`: what would a run of this config take on this machine?

takes: the config; Snakemake's record of the results; some seconds of all cores
makes: a table by stage and what it adds up to, in logs/estimate.txt too
steps: estimate
"""


rule estimate:
    log:
        "logs/estimate.txt",
    retries: 0
    localrule: True
    message:
        "Estimating what a run takes"
    run:
        tell_estimate(log)
