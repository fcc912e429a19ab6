"""The progress line and the reasons of a dry run, in words."""

import logging
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
import snakemake
from applicability.wording import spoken
from snakemake.jobs import Reason
from snakemake.persistence import ParamsChange
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_progress import UNHEARD, LogHandler
from snakemake_logger_plugin_progress.command_line import mistake
from snakemake_logger_plugin_progress.forecast import Forecast
from snakemake_logger_plugin_progress.reasons import in_words


def reason(files=(), **causes) -> Reason:
    """Snakemake's reason for a job: sets of files by their names, and what else it has."""
    made = Reason()
    for name, paths in dict(files).items():
        getattr(made, name).update(paths)
    for name, value in causes.items():
        setattr(made, name, value)
    return made


def params(old: Iterable, new: Iterable) -> Reason:
    """The reason of a job whose params have changed, as Snakemake keeps them."""
    return reason(params_changed=ParamsChange(set(map(repr, old)), set(map(repr, new)), {"results/s/a"}))


CHANGED = "b.py changed, y 2.0 → 2.1, z 2 → 3"
REASONS = [
    (reason({"missing_output": ["r/s/a.pdf", "r/s/b.png"]}), "a.pdf, b.png not there"),
    (reason({"incomplete_output": ["r/s/a.pdf"]}), "a.pdf left unfinished by an earlier run"),
    (reason({"updated_input": ["r/a", "r/b"], "updated_input_run": ["r/b"]}), "a changed; b made anew"),
    (reason({"updated_input_run": ["r/x/scores.csv", "r/y/scores.csv"]}), "2 scores.csv made anew"),
    (reason({"missing_output": ["r/a"], "updated_input_run": ["r/b"]}), "a not there; b made anew"),
    (reason({"missing_output": "abcde"}), "a, b, c and 2 more not there"),
    (reason(code_changed=True, input_changed=True), "it reads other files than before; its rule changed"),
    (reason({"missing_output": ["r/a"]}, forced=True), "forced"),
    (reason(nooutput=True), ""),
    (params({'{"steps": 200, "n": 1}'}, {'{"n": 1, "steps": 150}'}), "steps 200 → 150"),
    (params({'{"epochs": null, "steps": 2}'}, {'{"epochs": 7}'}), "epochs unset → 7, steps 2 → unset"),
    (params({'{"rate": [8], "task": 1}'}, {f'{{"rate": [], "task": {[0] * 99}}}'}), "rate [8] → [], task changed"),
    (params({'{"w/a/b.py": "0", "c.py": "1"}'}, {'{"w/a/b.py": "2", "c.py": "1"}'}), "w/a/b.py changed"),
    (params({'{"b.py": "0", "y": "2.0"}', '{"z": 2}'}, {'{"z": 3}', '{"b.py": "1", "y": "2.1"}'}), CHANGED),
    (params([['{"scale": 1}']], [['{"scale": 2}']]), "its settings changed"),
    (params(set(), {"x"}), "its settings changed"),
]


@pytest.mark.parametrize(("given", "words"), REASONS)
def test_reasons_in_words(given, words):
    assert in_words(given) == words


def record(event=None, message="", **fields) -> logging.LogRecord:
    """A record as Snakemake logs it."""
    made = logging.LogRecord("snakemake", logging.INFO, "", 0, message, (), None)
    vars(made).update(fields, event=event)
    return made


def handler(**settings) -> LogHandler:
    usual = {"nocolor": True, "quiet": None, "debug_dag": False, "verbose": False, "dryrun": False}
    usual |= {"show_failed_logs": False, "stdout": True, "printshellcmds": False}
    made = LogHandler(SimpleNamespace(**usual | settings), None)
    reasons = {1: reason({"missing_output": ["results/model.pt"]}), 2: reason(nooutput=True)}
    dag = SimpleNamespace(jobs=reasons, jobid=lambda number: number, reason=reasons.get)
    made.emit(record(workflow=SimpleNamespace(dag=dag)))
    return made


def job(number: int, **fields) -> logging.LogRecord:
    return record(LogEvent.JOB_INFO, jobid=number, rule_name="train", rule_msg="Training", **fields)


def said(capsys, made: LogHandler, *records: logging.LogRecord) -> list[str]:
    """The lines that a handler says of these records."""
    for each in records:
        made.emit(each)
    made.close()
    return capsys.readouterr().out.splitlines()


def test_a_run_is_one_line_of_progress_and_what_matters(capsys):
    records = [record(message="Building DAG of jobs...")]
    records.append(record(LogEvent.RUN_INFO, message="Job stats", stats={"train": 2, "total": 2}))
    for number in (1, 2):
        records.append(job(number, reason="Missing output files: x"))
        records.append(record(LogEvent.JOB_FINISHED, message="Finished", job_id=number))
        records.append(record(LogEvent.PROGRESS, done=number, total=40))  # those that nobody asked for among them
    records += [record(message="The figures are in f/", closing=True), record(message="Elapsed time")]
    first, _, *lines = said(capsys, handler(), *records)
    assert first == "Building DAG of jobs..."
    assert lines == ["1 of 2 jobs done, about 0 s left", "2 of 2 jobs done", "Elapsed time", "The figures are in f/"]


def test_a_dry_run_says_why_and_not_again_in_sum(capsys):
    always, sum_of = "Rules without output are always executed.", "Reasons:\n    output files have to be generated:\n"
    jobs = job(1, reason="Missing output files: results/model.pt"), job(2, reason=always)
    lines = said(capsys, handler(dryrun=True), record(message="Building"), *jobs, record(message=sum_of))
    assert lines == ["Building", "Training: model.pt not there", f"Training: {always}"]


def test_quiet_says_nothing_of_jobs_verbose_is_snakemakes_own_and_errors_come_through(capsys):
    missing = job(1, reason="Missing output files: results/model.pt", indent=False)
    assert said(capsys, handler(dryrun=True, quiet={Quietness.RULES}), missing) == []
    assert "Job 1: Training" in "".join(said(capsys, handler(verbose=True), missing))
    error = logging.LogRecord("snakemake", logging.ERROR, "", 0, "it broke", (), None)
    assert "it broke" in "".join(said(capsys, handler(), error))


@pytest.mark.parametrize("text", UNHEARD)
def test_texts_that_are_not_shown_are_what_this_snakemake_says(text):
    assert any(text in path.read_text() for path in Path(snakemake.__file__).parent.rglob("*.py"))


def failed(number: int, why: str) -> list[logging.LogRecord]:
    """What comes of a job that fails."""
    log = f"logs/{number}.log"
    return [
        job(number, reason="Missing output files: x"),
        record(message=why, reason_of=log),
        record(LogEvent.ERROR, message=f"RuleException:\n{why}\n  in __rule_train", exception="RuleException"),
        record(LogEvent.JOB_ERROR, message="Error", jobid=number, rule_name="train", log=[log], rule_msg=None),
        record(message="Removing output files of failed job train since they might be corrupted:\nx"),
    ]


def test_jobs_that_failed_for_good_are_told_at_the_end_each_in_two_lines(capsys):
    records = [record(LogEvent.RUN_INFO, message="Job stats", stats={"train": 13, "total": 13})]
    records += [*failed(1, "WorkerDied: killed"), record(message="Trying to restart job 1."), job(1)]
    records += [each for number in range(2, 14) for each in failed(number, f"ValueError: {number}")]
    records.append(record(LogEvent.PROGRESS, done=1, total=13))
    records.append(record(message="Exiting because a job execution failed. Look above for error messages"))
    records.append(record(LogEvent.ERROR, message="MissingOutputException: x", exception="MissingOutputException"))
    made = handler()
    lines = said(capsys, made, *records)
    assert said(capsys, made) == []  # closed once more
    first, again, progress, *lines, last = lines
    assert (first, again) == ("Job stats", "Tried again: Training: WorkerDied: killed")
    assert progress.startswith("1 of 13 jobs done, 12 failed")
    head = "12 jobs failed; what is done is kept, the same command goes on from there:"
    told = [line for number in range(2, 12) for line in (f"Training: ValueError: {number}", f"    logs/{number}.log")]
    assert lines == ["MissingOutputException: x", head, *told]
    assert last == "and 2 more, which .snakemake/log names"


def test_a_job_of_a_cluster_fails_with_what_the_cluster_says(capsys):
    error = record(LogEvent.JOB_ERROR, jobid=1, rule_name="train", log=["a.log", "b.log"], rule_msg="Out of memory")
    assert said(capsys, handler(), error)[1:] == ["train: Out of memory", "    a.log, b.log"]


FIRST = "--configfile takes every word behind it for a config: expected the targets first: snakemake"


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("--configfile mine.yaml results/m/a.csv", f"{FIRST} results/m/a.csv --configfile mine.yaml"),
        ("-n --configfile a.yaml b.yml train verify -F", f"{FIRST} train verify -n --configfile a.yaml b.yml -F"),
        ("-F --configfiles a.yaml results/a.json", f"{FIRST} results/a.json -F --configfiles a.yaml"),
        ("results/m/a.csv --configfile none.yaml", "config: none.yaml: expected YAML or JSON; No such file"),
        ("results/m/a.csv --configfile noending -n", "config: noending: expected YAML or JSON; No such file"),
        ("results/m/a.csv", None),
    ],
)
def test_a_target_behind_configfile_is_told_how_it_is_written(words, right):
    said = mistake(words.split(), "WorkflowError:\nConfig file must be given as JSON or YAML with keys at top level.")
    assert said is None if right is None else said.startswith(right)


def test_the_forecast_weighs_rules_by_their_mean_time(monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    forecast = Forecast()
    forecast.take(LogEvent.RUN_INFO, record(stats={"simulate": 2, "train": 4, "total": 6}))
    for number, (rule, seconds) in enumerate([("simulate", 1), ("simulate", 1), ("train", 10)]):
        forecast.take(LogEvent.JOB_INFO, record(jobid=number, rule_name=rule))
        now += seconds
        forecast.take(LogEvent.JOB_FINISHED, record(job_id=number))
    assert forecast.seconds_left() == pytest.approx(30)  # three trainings of 10 s, one after the other


@pytest.mark.parametrize(("seconds", "words"), [(89, "89 s"), (91, "2 min"), (5399, "90 min"), (5400, "1.5 h")])
def test_durations_are_spoken(seconds, words):
    assert spoken(seconds) == words
