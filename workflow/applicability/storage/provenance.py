"""Provenance of files and runs: study, config, commit, command, versions and machine.

rules/running.smk asks it. May import errors and storage.
"""

import contextlib
import functools
import hashlib
import json
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path

import psutil

from applicability.storage.files import write_atomically

PROJECT = Path(__file__).parents[3]  # the checkout of this code, also where another workflow uses it


def processor() -> str:
    """The model of this machine's processor, as far as the system tells it."""
    with contextlib.suppress(OSError):
        if found := re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
            return found[1]
    return platform.processor()


def write_provenance(path: str | Path, config: Mapping, command: str) -> None:
    """Write the provenance of a run as JSON: command, config, commit, versions and machine.

    path: the file; one of equal content is left alone.
    config: as merged.
    command: the command line.
    Raises InputError where the file cannot be written.
    """
    versions = {each.name: each.version for each in distributions()}
    content = {
        "command": command,
        "commit": commit(),
        "config": config,
        "machine": {
            "system": platform.platform(),
            "processor": processor(),
            "cores": psutil.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30),
        },
        "python": platform.python_version(),
        "versions": dict(sorted(versions.items(), key=lambda item: item[0].lower())),
    }
    text = json.dumps(content, indent=2) + "\n"
    if not Path(path).exists() or Path(path).read_text() != text:
        with write_atomically(path) as part:
            part.write_text(text)


def origin(name: str, parts: list) -> dict[str, str]:
    """The origin of a job's files: its study, the hash of its config, the commit.

    name: the study or example.
    parts: the dataclasses made of its part of the config.
    """
    text = json.dumps([asdict(part) for part in parts], sort_keys=True)
    return {"study": name, "config": hashlib.sha256(text.encode()).hexdigest()[:16], "commit": commit()}


@functools.cache
def commit() -> str:
    """The git commit of this code, with a mark where changed since; `unknown` outside git."""
    try:
        _, head, changes = (
            subprocess.run(
                ["git", "--no-optional-locks", "-C", PROJECT, *words], capture_output=True, text=True, check=True
            ).stdout.strip()
            for words in (
                ["ls-files", "--error-unmatch", "--", __file__],  # fails where the code lies in another project's .venv
                ["rev-parse", "HEAD"],
                ["status", "--porcelain", "--", "Snakefile", "workflow"],
            )
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}, with changes" if changes else head
