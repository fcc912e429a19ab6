"""Snakemake's own record of files and jobs, as `snakemake --summary` tells it.

verify and estimate.jobs ask it. May import errors.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping

from applicability.errors import InputError

KEPT = "no update"  # the `plan` of a file that Snakemake would not make again


def summary(snakefile: str, config: Mapping, targets: list[str]) -> list[dict[str, str]]:
    """The lines of `snakemake --summary`, one for each file that the targets need.

    snakefile: the pipeline's. config: as merged; it names files of the user's, a validated one describes them. targets:
    rules or files.
    Returns each line as column -> text. Raises InputError where Snakemake refuses.
    """
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
    """The jobs of a summary: rule, wildcards and whether done.

    files: the lines of :func:`summary`. wildcards: function from a rule and a file it makes to the job's wildcards.
    """
    found = {}
    for line in files:
        named = dict(wildcards(line["rule"], line["output_file"]))
        found[line["rule"], *sorted(named.items())] = line["rule"], named, line["plan"] == KEPT
    return list(found.values())
