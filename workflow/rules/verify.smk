"""`snakemake verify`: are the results on disk those of this config and this code, as they were written?

takes: the config; the results, as they are
makes: a line for each kind of file that is not, and all of them in logs/verify.txt
steps: verify
"""


rule verify:
    log:
        "logs/verify.txt",
    retries: 0
    message:
        "Comparing the results with the config, the code and their records"
    run:
        from applicability.storage.verify import verify

        with reported(log):
            verify(workflow.main_snakefile, CONFIG, log[0])
