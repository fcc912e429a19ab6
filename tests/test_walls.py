"""The walls of the house: which folder may import which, read off the imports; and what the main process may need."""

import ast
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter

import pytest
from applicability import sources
from checkouts import ROOT

HOUSE = ROOT / "workflow/applicability"
BASE = {"study", "logits", "errors", "wording"}
MAY = {  # folder, or module at the top -> what of ours it may import
    "errors": set(),
    "randomness": set(),
    "logits": set(),
    "own_code": {"errors"},
    "described": {"errors"},  # what it runs is named by text
    "wording": set(),
    "sources": set(),
    "commands": set(),
    "study": {"errors"},
    "config": {"study", "errors", "sources"},
    "tasks": {"study", "randomness", "logits", "own_code", "errors"},
    "storage": {"study", "errors"},
    "learners": {"tasks", "storage", "study", "randomness", "logits", "own_code", "errors"},
    "scores": {"learners", "tasks", "storage", "study", "logits", "errors"},
    "drawing": {"storage", "study", "wording"},
    "figures": {"drawing", "tasks", "storage", "study", "logits", "wording", "sources"},
    "report": {"scores", "storage", "study", "wording"},
    "stages": {"figures", "drawing", "report", "scores", "learners", "tasks", "storage", "randomness"} | BASE,
    "running": {"storage", "commands", "errors"},
    "layout": {"study", "figures"},
    "estimate": {"stages", "running", "storage", "layout", "study", "errors", "wording"},
    "notebook": {"config", "scores", "learners", "tasks", "figures", "drawing", "layout", "storage", "study", "errors"},
    "__main__": {"commands", "config", "storage", "errors"},
}
MODULES = [path for path in HOUSE.rglob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_imports_what_its_folder_may(path):
    """Also within functions. Of a dotted name the second part is our folder, or our module at the top."""
    here = path.relative_to(HOUSE).parts[0].removesuffix(".py")
    names = sources.imported(ast.walk(ast.parse(path.read_text())), HOUSE.name)
    rooms = {name.split(".")[1] for name in names if name.startswith(f"{HOUSE.name}.")}
    assert rooms <= MAY[here] | ({here} - {"stages"})


def test_no_folder_may_import_another_in_a_circle():
    assert {*TopologicalSorter(MAY).static_order()} >= MAY.keys()  # raises CycleError


def test_folders_hold_a_docstring_and_no_code():
    for path in HOUSE.rglob("__init__.py"):
        [only] = ast.parse(path.read_text()).body
        assert isinstance(only.value.value, str), path


def test_a_function_has_a_name_of_its_own():
    """But for the figures' `draw` and `read`, and what reads and writes in modules that are named with it."""
    names = Counter()
    for path in MODULES:
        names.update(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
    assert {name for name, count in names.items() if count > 1} <= {"draw", "read"}


def test_what_the_main_process_imports_needs_no_numpy_pandas_or_torch():
    modules = "layout config.reading config.studies config.schema running.workers running.locks sources commands"
    modules += " running.snakemake_inside storage.files storage.provenance storage.snakemake_record estimate.workload"
    text = "import sys\nfor name in sys.argv[1:]: __import__('applicability.' + name)\n"
    text += "print(sorted({'numpy', 'pandas', 'torch', 'scipy', 'matplotlib'} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", text, *modules.split()], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
