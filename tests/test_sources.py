"""The code that a job depends on: the files that its stage imports, and the packages that these import."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from applicability import sources
from applicability.commands import COMMANDS
from applicability.sources import code_of_modules, source_files

STAGES = sorted(set(COMMANDS.values()))
LOADED = """
import importlib, json, sys
found = {}
for module in sys.argv[1:]:
    for name in [name for name in sys.modules if name.startswith("applicability")]:
        del sys.modules[name]  # other packages stay, which take longest
    importlib.import_module(f"applicability.{module}")
    found[module] = [each.__file__ for name, each in sys.modules.items() if name.startswith("applicability")]
print(json.dumps(found))
"""
CODE = '''"""A stage."""

from ours.tool import use


class Thing:
    """Of one line."""

    size = 1


def stage(x):
    """Do it."""
    import numpy as np

    return np.sum(use(x))


async def later():
    """Do it later."""
    return 1
'''


@pytest.fixture
def code(tmp_path, monkeypatch):
    """In a package of two modules, `stage` and `tool`: write one of them, and get the code of `stage`."""
    monkeypatch.setattr(sources, "PACKAGE", tmp_path / "ours")
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/__init__.py").touch()
    (tmp_path / "ours/tool.py").write_text("use = abs\n")

    def written(text: str, module: str = "stage") -> dict[str, str]:
        (tmp_path / f"ours/{module}.py").write_text(text)
        forget()
        return json.loads(code_of_modules("stage"))

    yield written
    forget()


def forget() -> None:
    """What a process has read once."""
    for cached in (sources.read, sources.path_of, sources.version_of, sources.tree_of):
        cached.cache_clear()


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """The files of this package that importing each module loads: the interpreter's own account of it."""
    words = [sys.executable, "-c", LOADED, *STAGES, "figures.samples"]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("module", [*STAGES, "figures.samples"])
def test_what_is_imported_at_run_time_is_listed(module, loaded):
    assert set(loaded[module]) <= {str(Path(path).absolute()) for path in source_files(module)}
    assert str(sources.path_of(f"applicability.{module}")) in loaded[module]


def test_an_unknown_module_is_an_error():
    with pytest.raises(KeyError):
        source_files("stages.trian")


def test_simulating_needs_no_torch():
    code = "import sys, applicability.stages.simulate; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


NO_CODE = [
    ('"""A stage."""', '"""The stage."""\n# in short'),
    ('    """Of one line."""\n', ""),
    ('"""Do it."""', '"""Do\n    it."""'),
    ('    """Do it later."""\n', ""),
    ("np.sum(use(x))", "(\n        np.sum( use(x) )\n    )  # of x"),
]
OTHER_CODE = [("np.sum", "np.max"), ("size = 1", "size = 1.0"), ("stage(x)", "stage(x, y=0)")]
OTHER_CODE += [('"""Do it."""', "x += 'a'"), ('"""Do it."""', "...")]


@pytest.mark.parametrize(("old", "new"), [*NO_CODE, *OTHER_CODE])
def test_comments_docstrings_and_formatting_are_not_code_and_anything_else_is(code, old, new):
    assert old in CODE
    before, after = code(CODE), code(CODE.replace(old, new))
    changed = [Path(name).name for name in before if before[name] != after[name]]
    assert changed == ([] if (old, new) in NO_CODE else ["stage.py"])
    assert {len(digest) for name, digest in before.items() if name.endswith(".py")} == {16}


IMPORTS = [
    "def stage(x):\n    from ours import tool\n    return tool.use(x)\n",
    "class Stage:\n    def of(x):\n        if x:\n            import ours.tool\n",
    "try:\n    pass\nexcept OSError:\n    from .tool import use\n",
    "match 1:\n    case 1:\n        from . import tool\n",
]


@pytest.mark.parametrize("stage", IMPORTS)
def test_an_import_counts_wherever_it_stands(code, stage):
    before = code(stage)
    [tool] = [path for path in before if path.endswith("tool.py")]
    assert code("use = max\n", "tool")[tool] != before[tool]


def test_packages_count_by_their_versions_without_the_local_part(code, tmp_path, monkeypatch):
    assert code(CODE)["numpy"] == version("numpy")
    (tmp_path / "numpy-99.0.dist-info").mkdir()
    (tmp_path / "numpy-99.0.dist-info/METADATA").write_text("Name: numpy\nVersion: 99.0+cpu\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert code(CODE)["numpy"] == "99.0"
    assert "numpy" not in code(CODE.replace("import numpy as np", "np = use"))


def test_what_has_no_version_of_its_own_is_left_out(code):
    [*_, last] = code("import json, yaml, not_there, ours.tool\n")
    assert last.endswith("tool.py")


def test_stages_name_the_packages_that_their_numbers_depend_on():
    """Those of figures: test_rules.py."""
    for stage, names in {"stages.train": {"numpy", "torch"}, "stages.test": {"numpy", "scipy", "torch"}}.items():
        assert names <= json.loads(code_of_modules(stage)).keys()
