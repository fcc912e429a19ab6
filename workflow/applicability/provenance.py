"""What a run was made of: command, config, commit, versions and machine."""

import contextlib
import json
import platform
import re
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

import psutil

from applicability.files import whole
from applicability.origin import commit


def processor() -> str:
    """The model of this machine's processor, where it is to be had."""
    with contextlib.suppress(OSError):
        if found := re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
            return found[1]
    return platform.processor()


def record(path: str | Path, config: Mapping, command: str, project: str) -> None:
    """Write what a run was made of as JSON: its command, config as merged, commit, versions and machine. A file that
    says the same already is left alone."""
    versions = {each.name: each.version for each in distributions()}
    content = {
        "command": command,
        "commit": commit(project),
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
        with whole(path) as part:
            part.write_text(text)
