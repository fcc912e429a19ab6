"""What is wrong with a command line or a config that Snakemake could not read, in one line."""

import shlex

CONFIGS = (".yaml", ".yml", ".json")


def mistake(words: list[str], message: str) -> str | None:
    """What to say where Snakemake gave up before the Snakefile; None where its own message will do."""
    if targets := taken_for_configs(words):
        right = shlex.join(["snakemake", *targets, *(word for word in words if word not in targets)])
        return f"--configfile takes every word behind it for a config: expected the targets first: {right}"
    if message.startswith("Traceback"):  # Snakemake has no words for it; Python's last line says what it is
        reason = message.strip().splitlines()[-1]
        return f"config: expected a file of YAML or JSON, and --config key=value: {reason}"
    return None


def taken_for_configs(words: list[str]) -> list[str]:
    """The words behind the file of `--configfile` that are targets by their look."""
    for option in {"--configfile", "--configfiles"}.intersection(words):
        behind = words[words.index(option) + 1 :]
        end = next((place for place, word in enumerate(behind) if word.startswith("-")), len(behind))
        return [word for word in behind[1:end] if word.startswith("results/") or not word.endswith(CONFIGS)]
    return []
