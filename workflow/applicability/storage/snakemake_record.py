"""What Snakemake's own record says of the files and the jobs of a config, asked of `snakemake --summary`."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping

from applicability.errors import InputError

KEPT = "no update"  # the plan for a file that Snakemake would not make anew


def summary(snakefile: str, config: Mapping, targets: list[str]) -> list[dict[str, str]]:
    """What `snakemake --summary` says of every file that the targets need."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        words = ["--snakefile", str(snakefile), "--configfile", file.name, "--summary", *targets]
        command = [sys.executable, "-m", "snakemake", *words]
        said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        raise InputError(f"snakemake --summary: {said.stderr.strip()}")
    return list(csv.DictReader(said.stdout.splitlines(), delimiter="\t"))


def jobs(files: Iterable[Mapping[str, str]], wildcards: Callable[[str, str], Mapping]) -> list[tuple[str, dict, bool]]:
    """The jobs that make the files of a summary, each with its rule, its wildcards and whether it is done.

    wildcards: those of a rule's job, from the rule's name and a file that the job makes.
    """
    found = {}
    for line in files:
        named = dict(wildcards(line["rule"], line["output_file"]))
        found[line["rule"], *sorted(named.items())] = line["rule"], named, line["plan"] == KEPT
    return list(found.values())
