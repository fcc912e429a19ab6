"""What a file says of where it comes from: the study, the config, the commit."""

import functools
import hashlib
import json
import subprocess
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import asdict

ORIGIN: ContextVar[Mapping[str, str]] = ContextVar("origin")  # of the job in hand; none by hand


def origin(name: str, parts: list, project: str) -> dict[str, str]:
    """What the files of a job say: its study or example, the hash of what the config says of it (parts, dataclasses),
    and the commit of the code in the folder `project`."""
    text = json.dumps([asdict(part) for part in parts], sort_keys=True)
    return {"study": name, "config": hashlib.sha256(text.encode()).hexdigest()[:16], "commit": commit(project)}


@functools.cache
def commit(project: str) -> str:
    """The git commit of a folder, and whether the code there has changed since."""
    try:
        head, changes = (
            subprocess.run(
                ["git", "--no-optional-locks", "-C", project, *words], capture_output=True, text=True, check=True
            ).stdout.strip()
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--", "Snakefile", "workflow"])
        )
    except (OSError, subprocess.CalledProcessError):  # no git, or not under its control
        return "unknown"
    return f"{head}, with changes" if changes else head
