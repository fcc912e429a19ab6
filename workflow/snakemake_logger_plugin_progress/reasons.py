"""Why a job runs, in words, from Snakemake's own reason for it."""

import ast
import contextlib
import json
from collections import Counter
from collections.abc import Iterable

NAMED = 3  # files that a line names
LONG = 40  # signs of a setting that a line does not show


def in_words(reason) -> str:
    """A `snakemake.jobs.Reason` in words; nothing where it has none of these causes."""
    if reason.forced:
        return "forced"
    files = {
        "not there": reason.missing_output,
        "left unfinished by an earlier run": reason.incomplete_output,
        "changed": reason.updated_input - reason.updated_input_run,
        "made anew": reason.updated_input_run,
    }
    said = [f"{listed(path.rpartition('/')[2] for path in paths)} {what}" for what, paths in files.items() if paths]
    said += ["it reads other files than before"] if reason.input_changed else []
    said += ["its rule changed"] if reason.code_changed else []
    said += [changes(reason.params_changed)] if reason.params_changed else []
    return "; ".join(said)


def listed(names: Iterable[str]) -> str:
    """Names in a line, each once with how often it is there."""
    named = [f"{count} {name}" if count > 1 else name for name, count in sorted(Counter(names).items())]
    return ", ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")


def changes(params) -> str:
    """What differs between params in JSON before and now, files of code by their names: `epochs 70`."""
    old, new = merged(params.only_old), merged(params.only_new)
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    code = [key for key in keys if key.endswith(".py")]
    said = [f"{listed(code)} changed"] if code else []
    said += [change(key, old.get(key), new.get(key)) for key in keys if key not in code]
    return ", ".join(said) or "its settings changed"


def merged(params: Iterable[str]) -> dict:
    """The keys of all params that are JSON, each written by Python; of lists no key would say which it is of."""
    found = {}
    for text in params:
        with contextlib.suppress(ValueError, SyntaxError, TypeError):  # no JSON
            read = json.loads(ast.literal_eval(text))
            found |= read if isinstance(read, dict) else {}
    return found


def change(key: str, old, new) -> str:
    """One changed setting; None is unset."""
    if len(f"{old}{new}") > LONG:
        return f"{key} changed"
    if new is None:
        return f"no {key}"
    return f"{key} {new}" if old is None else f"{key} {old} → {new}"
