"""Every benchmark, one after the other, into docs/benchmarks.md: `make benchmark`."""

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import jinja2
from applicability.storage.provenance import processor

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
BENCHMARKS = ["step", "study", "rerun", "growth", "coverage", "bounds"]
PACKAGES = ["torch", "numpy", "snakemake", "scikit-learn", "jax", "joblib"]


def machine() -> str:
    """What the numbers were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{processor()}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def printed(benchmark: str) -> str:
    """The tables that a benchmark prints, each in a process of its own."""
    command = [sys.executable, HERE / f"{benchmark}.py"]
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(f"{benchmark}\n\n{text}", flush=True)
    return text.strip()


if __name__ == "__main__":
    template = jinja2.Template((DOCS / "benchmarks.md.jinja").read_text(), keep_trailing_newline=True)
    page = template.render(machine=machine(), **{name: printed(name) for name in BENCHMARKS})
    (DOCS / "benchmarks.md").write_text(page)
