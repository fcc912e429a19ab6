"""Fill in what the pages take from the code, in place: `make format`, or `python docs/fill.py`.

config/README.md: tables of keys, of the schema, behind lines such as <!-- keys of study -->.
docs/reading-the-tables.md: behind each block of Python what it prints, with docs/tables in the place of results.
docs/from-python.ipynb: docs/from-python.md as a notebook.
"""

import contextlib
import inspect
import io
import re
from pathlib import Path

import nbformat
import yaml
from applicability.config.schema import whole_schema
from applicability.learners.optimisers import OPTIMISERS

ROOT = Path(__file__).parents[1]
KEYS = re.compile(r"(<!-- (keys|options) of ([\w/]+) -->\n)((?:\|.*\n)*)")
PRINTS = re.compile(r"(```python\n(.*?)```\n\n```text\n)(.*?)(```\n)", re.DOTALL)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WORDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "object": "mapping"}
FAR = 1e9
SIGNS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def with_tables(text: str) -> str:
    """A page with the tables of keys that the schema gives."""
    schema = whole_schema()

    def table(found: re.Match) -> str:
        *above, last = found[3].split("/")
        part = schema if found[3] == "config" else (schema["properties"] if above else schema["$defs"])[last]
        rows = {"keys": keys_of, "options": options_of}[found[2]](part)
        return found[1] + "".join(f"| {' | '.join(row)} |\n" for row in rows)

    return KEYS.sub(table, text)


def keys_of(part: dict) -> list[list[str]]:
    """The table of the keys of a mapping."""
    rows = [["key", "meaning", "type", "default", "example"], ["---"] * 5]
    for key, spec in part["properties"].items():
        default = written(spec["default"]) if "default" in spec else without_default(key, part)
        rows.append([f"`{key}`", spec["description"], kind(spec), default, written(spec["examples"][0])])
    return rows


def options_of(part: dict) -> list[list[str]]:
    """The table of the keys within the keys of a mapping, one row for those that differ in nothing but a default."""
    rows, owners = {}, {}
    for owner, inner in part["properties"].items():
        for key, spec in inner.get("properties", {}).items():
            row = f"`{key}`", spec["description"], kind(spec), written(spec["examples"][0])
            owners.setdefault(row, []).append(f"`{owner}`")
            rows.setdefault(row, {}).setdefault(default_of(owner, key, inner), []).append(f"`{owner}`")
    table = [["key", "of", "meaning", "type", "default", "example"], ["---"] * 6]
    for row, defaults in rows.items():
        key, meaning, kind_, example = row
        of = "all" if len(owners[row]) == len(part["properties"]) > 1 else ", ".join(owners[row])
        words = [", ".join(whose) + f" {default}" for default, whose in defaults.items()]
        told = "; ".join(words) if len(defaults) > 1 else next(iter(defaults))
        table.append([key, of, meaning, kind_, told, example])
    return table


def default_of(owner: str, key: str, inner: dict) -> str:
    """The default of an option: the schema's, of an optimiser that of its function."""
    spec = inner["properties"][key]
    if "default" in spec:
        return written(spec["default"])
    if owner in OPTIMISERS and key not in inner["required"]:
        value = inspect.signature(OPTIMISERS[owner]).parameters[key].default
        return written(list(value) if isinstance(value, tuple) else value)
    return without_default(key, inner)


def without_default(key: str, part: dict) -> str:
    """What stands where there is no default."""
    choices = [choice["required"][0] for choice in part.get("oneOf", [])]
    if key in choices:
        return "this or " + ", ".join(f"`{choice}`" for choice in choices if choice != key)
    if part.get("maxProperties") == 1:
        return "one of these"
    return "required" if key in part.get("required", []) else "none"


def kind(spec: dict) -> str:
    """What a key may hold, in words."""
    spec = resolved(spec)
    if "title" in spec:
        return spec["title"]
    if "enum" in spec:
        return ", ".join(f"`{choice}`" for choice in spec["enum"])
    if spec["type"] == "string":
        return "name" if spec.get("$ref") in ("#/$defs/name", "#/$defs/learner-name") else "text"
    if spec["type"] == "array":
        least, most = spec.get("minItems", 0), spec.get("maxItems")
        count = f" of {most}" if least == most else f" of at least {least}" if least else ""
        return f"list{count}, each {kind(spec['items'])}"
    return " ".join([WORDS[spec["type"]], limits(spec)]).strip()


def limits(spec: dict) -> str:
    """The limits of a number but for those that nobody reaches."""
    there = {sign: spec[name] for name, sign in SIGNS.items() if abs(spec.get(name, FAR)) < FAR}
    return ", ".join(f"{sign} {value:,}" for sign, value in there.items())


def resolved(spec: dict) -> dict:
    """A part of the schema with what it refers to."""
    name = spec.get("$ref", "").removeprefix("#/$defs/")
    return whole_schema()["$defs"][name] | spec if name else spec


def written(value) -> str:
    """A value as a config has it."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
    return "`" + text.removesuffix("...\n").strip() + "`"


def with_output(text: str) -> str:
    """A page with what its blocks of Python print, one after the other, in a folder in which docs/tables is results."""
    names = {}
    return PRINTS.sub(lambda found: found[1] + printed(found[2], names) + found[4], text)


def printed(code: str, names: dict) -> str:
    """What a block of Python prints, no spaces at the ends of its lines."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code.replace("results/", f"{ROOT}/docs/tables/"), names)
    return re.sub(r" +$", "", said.getvalue(), flags=re.MULTILINE)


def as_notebook(_: str) -> str:
    """docs/from-python.md as a notebook: a cell for each block of Python, and for what is between two; no output."""
    parts = BLOCK.split((ROOT / "docs/from-python.md").read_text())
    cells = []
    for place, text in enumerate(part.strip() for part in parts):
        make = nbformat.v4.new_code_cell if place % 2 else nbformat.v4.new_markdown_cell
        cells += [make(text, id=f"part-{place}")] if text else []
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)) + "\n"


# page -> what fills it in
PAGES = {
    "config/README.md": with_tables,
    "docs/reading-the-tables.md": with_output,
    "docs/from-python.ipynb": as_notebook,
}

if __name__ == "__main__":
    for page, fill in PAGES.items():
        path = ROOT / page
        path.write_text(fill(path.read_text() if path.exists() else ""))
