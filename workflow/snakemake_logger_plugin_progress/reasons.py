"""Snakemake's reason to run a job, in words."""

import ast
import contextlib
import json
from collections import Counter
from collections.abc import Iterable

NAMED = 3  # files that a line names
LONG = 40  # characters; a longer change of a setting is not shown


def in_words(reason) -> str:
    """A `snakemake.jobs.Reason` in words; "" where it has none of these causes."""
    if reason.forced:
        return "forced"
    missing, unfinished, remade = reason.missing_output, reason.incomplete_output, reason.updated_input_run
    updated = reason.updated_input - remade
    causes = {
        f"{listed(missing)} not there": missing,
        f"{listed(unfinished)} left unfinished by an earlier run": unfinished,
        f"{listed(updated)} changed": updated,
        f"{listed(remade)} made anew": remade,
        "it reads other files than before": reason.input_changed,
        "its rule changed": reason.code_changed,
        changes(reason.params_changed): reason.params_changed,
    }
    return "; ".join(words for words, cause in causes.items() if cause)


def listed(paths: Iterable[str]) -> str:
    """Files in a line: code by path, results by name, equal names counted."""
    names = Counter(path if path.endswith(".py") else path.rpartition("/")[2] for path in paths)
    named = [f"{count} {name}" if count > 1 else name for name, count in sorted(names.items())]
    return ", ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")


def changes(params) -> str:
    """What differs between old and new params: `steps 200 → 150`; of code, the files."""
    old, new = merged(params.only_old), merged(params.only_new)
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    code = [key for key in keys if key.endswith(".py")]
    said = [f"{listed(code)} changed"] if code else []
    for key in [key for key in keys if key not in code]:
        values = " → ".join("unset" if value is None else str(value) for value in (old.get(key), new.get(key)))
        said.append(f"{key} {values}" if len(values) <= LONG else f"{key} changed")
    return ", ".join(said) or "its settings changed"


def merged(params: Iterable[str]) -> dict:
    """The keys of all params that are JSON objects. Snakemake gives each as Python's `repr`."""
    found = {}
    for text in params:
        with contextlib.suppress(ValueError, SyntaxError, TypeError):  # not JSON
            read = json.loads(ast.literal_eval(text))
            found |= read if isinstance(read, dict) else {}
    return found
