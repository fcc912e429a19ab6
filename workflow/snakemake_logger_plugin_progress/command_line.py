"""The error of a command line or config that Snakemake could not read."""

import shlex
from itertools import takewhile

CONFIGS = (".yaml", ".yml", ".json")


def mistake(words: list[str], message: str) -> str | None:
    """The error that stopped Snakemake before the Snakefile; None where its own message will do.

    words: the command line behind `snakemake`. message: Snakemake's.
    """
    option = next((place for place, word in enumerate(words) if word in ("--configfile", "--configfiles")), len(words))
    behind = takewhile(lambda word: not word.startswith("-"), words[option + 2 :])
    targets = [word for word in behind if word.startswith("results/") or not word.endswith(CONFIGS)]
    if targets:
        right = shlex.join(["snakemake", *targets, *(word for word in words if word not in targets)])
        return f"--configfile takes every word behind it for a config: expected the targets first: {right}"
    from applicability.config.reading import explain_refusal  # here, since the Snakefile chooses the checkout

    refusal = explain_refusal(words)
    if refusal is None and message.startswith("Traceback"):  # Python's last line says what is wrong with --config
        refusal = f"config: expected --config key=value: {message.strip().splitlines()[-1]}"
    return refusal
