"""Why a job runs, in words: Snakemake's own reasons, shorter and without its terms."""

import contextlib
import json
import re
from collections import Counter

WORDS = {  # how Snakemake begins a reason -> how we say it; {} is the files that it names
    "Missing output files: ": "{} not there",
    "Incomplete output files: ": "{} left unfinished by an earlier run",
    "Updated input files: ": "{} changed",
    "Input files updated by another job: ": "{} made anew",
    "Set of input files has changed": "it reads other files than before",
    "Code has changed": "its rule changed",
    "Forced execution": "asked for by name",
}
NAMED = 3  # files that a line names


def in_words(reason: str) -> str:
    """A reason as Snakemake gives it, in words; a part that is not known stays as it is."""
    rest, changed, params = reason.partition("Params have changed")
    said = [part_in_words(part) for part in rest.split("; ") if part]
    return "; ".join([*said, *changes(params)] if changed else said)


def part_in_words(part: str) -> str:
    """One of the parts that make up a reason."""
    for start, words in WORDS.items():
        if part.startswith(start):
            return words.format(files(part.removeprefix(start).split(", ")))
    return part


def files(paths: list[str]) -> str:
    """The files of a list; code with its folders, results by their names, each name once."""
    names = Counter(path if path.startswith("workflow/") else path.rpartition("/")[2] for path in paths)
    named = [f"{count} {name}" if count > 1 else name for name, count in sorted(names.items())]
    return ", ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")


def changes(params: str) -> list[str]:
    """What differs between params in JSON before and now, the code's files apart from the settings: `epochs 70`."""
    old, new = map(merged, params.partition(" now: ")[::2])
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    code = [key for key in keys if key.endswith(".py")]
    settings = ", ".join(change(key, old.get(key), new.get(key)) for key in keys if key not in code)
    said = [f"{files(code)} changed"] if code else []
    return said if code and not settings else [*said, "its settings changed" + (f": {settings}" if settings else "")]


def merged(params: str) -> dict:
    """The keys of all params that are JSON; not of lists of such, of which no key says which it is of."""
    found = {}
    for text in re.findall(r"'(\{.*?\})'", re.sub(r"\['\{.*?\}'\]", "", params)):
        with contextlib.suppress(ValueError):
            found |= json.loads(text)
    return found


def change(key: str, old, new) -> str:
    """One changed setting; None is unset."""
    if new is None:
        return f"no {key}"
    return f"{key} {new}" if old is None else f"{key} {old} → {new}"
