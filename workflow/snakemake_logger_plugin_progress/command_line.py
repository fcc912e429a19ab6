"""What is wrong with a command line or a config that Snakemake could not read, in one line."""

import shlex
from itertools import takewhile

CONFIGS = (".yaml", ".yml", ".json")


def mistake(words: list[str], message: str) -> str | None:
    """What to say where Snakemake gave up before the Snakefile; None where its own message will do."""
    option = next((place for place, word in enumerate(words) if word in ("--configfile", "--configfiles")), len(words))
    behind = takewhile(lambda word: not word.startswith("-"), words[option + 2 :])
    targets = [word for word in behind if word.startswith("results/") or not word.endswith(CONFIGS)]
    if targets:
        right = shlex.join(["snakemake", *targets, *(word for word in words if word not in targets)])
        return f"--configfile takes every word behind it for a config: expected the targets first: {right}"
    from applicability.config.reading import explain_refusal  # not at the top: its own rules choose whose library it is

    refusal = explain_refusal(words)
    if refusal is None and message.startswith("Traceback"):  # Python's last line says what is wrong with --config
        refusal = f"config: expected --config key=value: {message.strip().splitlines()[-1]}"
    return refusal
