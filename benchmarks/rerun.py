"""The default study once more, after little or nothing changed: `python benchmarks/rerun.py`."""

import copy
from collections.abc import Callable
from itertools import count
from statistics import median

import pandas as pd
from project import DEFAULT, Project, Run

ROUNDS = 5
FIGURE = "workflow/applicability/figures/gap.py"
NEW_SCALE = 0.4


def edited(project: Project, config: str, line: str) -> Run:
    """A line more in the code of one figure."""
    path = project.root / FIGURE
    path.write_text(f"{path.read_text()}{line}\n")
    return project.snakemake("--configfile", config)


def empty(project: Project) -> Run:
    """A workflow of one job without files: what Snakemake takes to start and end."""
    path = project.root / "benchmarks/Snakefile"
    path.write_text("rule all:\n    input: []\n")
    return project.snakemake("--snakefile", str(path), "--workflow-profile", "none", "--quiet")


def table() -> pd.DataFrame:
    """Median wall times in s and numbers of jobs."""
    project = Project()
    edits = count()
    content = {"device": "cpu", "studies": copy.deepcopy(DEFAULT["studies"])}
    config = project.config(content)
    changes: dict[str, Callable[[], Run]] = {
        "from nothing": lambda: project.snakemake("--configfile", config),
        "nothing changed": lambda: project.snakemake("--configfile", config),
        "nothing changed, dry run": lambda: project.snakemake("--configfile", config, "--dry-run"),
        "for comparison: an empty Snakefile": lambda: empty(project),
        "a comment more in one figure": lambda: edited(project, config, "# edited"),
        "one figure edited": lambda: edited(project, config, f"EDITED = {next(edits)}"),
    }
    rows = {}
    for name, act in changes.items():
        runs = [act() for _ in range(1 if name == "from nothing" else ROUNDS)]
        rows[name] = {"s": round(median(run.wall for run in runs), 1), "jobs": len(runs[0].jobs), "runs": len(runs)}
    content["studies"]["gaussians"]["scales"].append(NEW_SCALE)
    run = project.snakemake("--configfile", project.config(content))
    rows["one scale more"] = {"s": round(run.wall, 1), "jobs": len(run.jobs), "runs": 1}
    return pd.DataFrame(rows).T.astype({"jobs": int, "runs": int})


if __name__ == "__main__":
    print(table().to_markdown())
