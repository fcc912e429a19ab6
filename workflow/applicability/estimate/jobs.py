"""The jobs of a run, done or not, from Snakemake's record, for `snakemake estimate`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applicability import layout
from applicability.errors import InputError
from applicability.storage import snakemake_record
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.study.study import Study

# rule -> the table's row that counts its jobs; a further row, figures, counts the jobs of all rules draw_<figure>
STAGE_OF = {rule: rule for rule in ("simulate", "train", "test")}
STAGE_OF |= {"simulate_test": "simulate", "assess": "train"}
STAGE_OF |= dict.fromkeys(("optimum", "combine", "summarise", "plan", "compare", "tabulate"), "tables")
STAGE_OF |= dict.fromkeys(("typeset", "describe"), "tables")


@dataclass(frozen=True, eq=False)  # compared by identity: each job is a key of its own
class Job:
    """A job of a run: rule, study, cell, learner, and whether it is done."""

    rule: str
    study: Study
    cell: Cell | None = None
    learner: Learner | None = None
    done: bool = False

    @property
    def stage(self) -> str:
        """The row of the table that counts this job."""
        return STAGE_OF.get(self.rule, "figures")


def job(rule: str, wildcards: Mapping[str, str], done: bool, studies: Mapping[str, Study]) -> Job:
    """The job of a rule with these wildcards; InputError for an unknown rule."""
    if rule not in STAGE_OF and not rule.startswith("draw_"):
        raise InputError(f"estimate: expected one of the rules {', '.join(STAGE_OF)}, draw_<figure>; found {rule}")
    study = studies[wildcards["study"]]
    cell = layout.cell_at(study, wildcards) if "scale" in wildcards else None
    return Job(rule, study, cell, study.learners.get(wildcards.get("learner")), done)


def jobs_of_run(
    snakefile: str, config: Mapping, studies: Mapping[str, Study], wildcards: Callable[[str, str], Mapping]
) -> list[Job]:
    """Every job of a run, done or not.

    snakefile: path of the Snakefile.
    config: the config of the run, as merged.
    studies: the config's studies by name.
    wildcards: see :func:`applicability.storage.snakemake_record.jobs`.
    """
    files = snakemake_record.summary(snakefile, config, ["all"])
    return [job(*found, studies) for found in snakemake_record.jobs(files, wildcards)]
