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
    if message.startswith("Traceback"):  # Snakemake has no words for it; Python's last line says what it is
        reason = message.strip().splitlines()[-1]
        return f"config: expected a file of YAML or JSON, and --config key=value: {reason}"
    return None
