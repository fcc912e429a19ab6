"""The code that a job depends on: the files of a stage are those that it imports, and no others."""

import subprocess
import sys
from pathlib import Path

import pytest
from applicability.commands import COMMANDS
from applicability.sources import PACKAGE, sources


def names(*modules: str) -> set[str]:
    return {str(Path(path).absolute().relative_to(PACKAGE)) for path in sources(*modules)}


def test_a_stage_needs_what_it_imports_directly_or_not():
    assert names("simulate") == {
        "__init__.py", "simulate.py", "files.py", "origin.py", "processes.py", "randomness.py", "study.py", "task.py",
        "errors.py",
    }  # fmt: skip


def test_training_does_not_depend_on_figures_or_simulation():
    assert {"train.py", "network.py", "optimisers.py"} <= names("train")
    assert not {"simulate.py", "task.py", "test.py", "plot.py", "summarise.py"} & names("train")


def test_a_figure_needs_its_own_module_and_not_its_neighbours():
    assert "figures/samples.py" in names("plot", "figures.samples")
    assert "figures/samples.py" not in names("plot", "figures.accuracy")
    assert {"figures/style.py", "figures/__init__.py"} <= names("plot", "figures.accuracy")


def test_no_stage_depends_on_how_it_is_handed_out():
    for module in set(COMMANDS.values()):
        assert not {"workers.py", "config.py", "stages.py", "imports.py", "__main__.py"} & names(module)


@pytest.mark.parametrize(
    "modules", [*((each,) for each in sorted(set(COMMANDS.values()))), ("plot", "figures.samples", "figures.accuracy")]
)
def test_what_is_imported_at_run_time_is_listed(modules):
    """The interpreter's own account of it, in a process of its own."""
    ours = "[m.__file__ for name, m in sys.modules.items() if name.startswith('applicability')]"
    imports = ", ".join(f"applicability.{module}" for module in modules)
    code = f"import sys, {imports}; print(*{ours})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) <= {str(Path(path).absolute()) for path in sources(*modules)}


def test_an_unknown_module_is_an_error():
    with pytest.raises(KeyError):
        sources("trian")


def test_simulating_needs_no_torch():
    code = "import sys, applicability.simulate; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
