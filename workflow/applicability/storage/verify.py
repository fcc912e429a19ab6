"""Verification: do the results on disk belong to the present config and code?

`snakemake verify` (rules/questions.smk) uses it. May import errors.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from applicability.errors import InputError
from applicability.storage.files import fault_by_checksum, known_checksums, records, sha256
from applicability.storage.snakemake_record import KEPT, summary

WRONG = {  # Snakemake's status of a file -> what is wrong with the file
    "ok": None,
    "missing": "not there",
    "updated input files": "older than what it was made from",
    "rule implementation changed": "made by another rule than now",
    "set of input files changed": "made from other files than now",
    "params changed": "made with other settings or code than now",
}


def verify(snakefile: str, config: Mapping, listing: str) -> None:
    """Compare all results with the config and the code, and each file with its record; tell the devices.

    snakefile: the pipeline's. config: as merged.
    listing: the file to write every fault into, a line each.
    Worked examples count if there are any. Prints one line per kind of fault; without faults, on which devices the
    trainings and tests ran: a change of device makes nothing run again.
    Raises InputError where a file does not belong.
    """
    worked = Path("results/examples").exists()
    files = summary(snakefile, config, ["all", "examples"] if worked else ["all"])
    found = dict(faults(files, [f"results/{name}" for name in (*config["studies"], "examples")]))
    Path(listing).write_text("".join(f"{path}: {wrong}\n" for path, wrong in found.items()))
    for wrong, count in Counter(found.values()).items():
        first = next(path for path in found if found[path] == wrong)
        print(f"{first}{f' and {count - 1} more' if count > 1 else ''}: {wrong}")
    if found:
        raise InputError(f"{len(found)} file{'s do' if len(found) > 1 else ' does'} not belong to this config and code")
    print(f"{len(files)} files belong to this config and code, as they were written")
    print(devices([f"results/{name}/summary.csv" for name in config["studies"]]))


def devices(summaries: Iterable[str]) -> str:
    """A line on how many learners were trained, and tested, on each device; summaries: paths of the tables."""
    trained, tested = Counter(), Counter()
    for path in summaries:
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                trained[row["device"]] += int(row["replicates"])
                tested[row["test_device"]] += int(row["replicates"])
    on = (", ".join(f"{device}: {count:,}" for device, count in sorted(each.items())) for each in (trained, tested))
    return "Trainings by the device they ran on: {}; tested on: {}".format(*on)


def faults(files: Iterable[Mapping[str, str]], folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every file that does not belong, with what is wrong.

    files: the lines of Snakemake's summary. folders: where no other files may lie.
    """
    lines = {Path(line["output_file"]): line for line in files}
    for path, line in lines.items():
        if wrong := fault_of(path, line):
            yield str(path), wrong
    expected = {*lines, *records_of(lines)}
    for folder in folders:
        strange = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path not in expected)
        yield from ((str(path), "not of this config") for path in strange if path.name != ".DS_Store")


def fault_of(path: Path, line: Mapping[str, str]) -> str | None:
    """What is wrong with a file, by its line of the summary; None if nothing."""
    wrong = WRONG.get(line["status"], line["status"])
    if line["status"] == "missing":
        return wrong
    if line["log-file(s)"] == "-":
        wrong = "there is no record in .snakemake of what it was made from"
    elif wrong is None and line["plan"] != KEPT:
        wrong = "what it is made from does not belong"
    content = path.read_bytes()
    return fault_by_checksum(path, content) or former_place(path, content) or wrong


def former_place(path: Path, content: bytes) -> str | None:
    """The path where a moved file was written; None of a file in its place."""
    written = [os.path.relpath(name) for name, digest in known_checksums(path) if digest == sha256(content)]
    return None if str(path) in written else f"written as {written[0]}"


def records_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The records that name at least one of these files."""
    paths = set(paths)
    for folder in {path.parent for path in paths}:
        for record, files in records(folder):
            if any(record.with_name(Path(name).name) in paths for name in files):
                yield record
