"""The progress line and the reasons of a dry run, in words."""

import logging
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_progress import LogHandler
from snakemake_logger_plugin_progress.forecast import Forecast, spoken
from snakemake_logger_plugin_progress.reasons import in_words

REASONS = {
    "Missing output files: results/s/a.pdf, results/s/b.png": "a.pdf, b.png not there",
    "Updated input files: results/s/optimum.csv": "optimum.csv changed",
    "Input files updated by another job: r/x/scores.csv, r/y/scores.csv": "2 scores.csv made anew",
    "Missing output files: r/a; Input files updated by another job: r/b": "a not there; b made anew",
    "Code has changed since last execution": "its rule changed",
    "Set of input files has changed since last execution": "it reads other files than before",
    "Missing output files: a, b, c, d, e": "a, b, c and 2 more not there",
    "Forced execution": "asked for by name",
    "Some reason of a later Snakemake": "Some reason of a later Snakemake",
    "Code has changed since last execution; Params have changed since last execution: Union of exclusive params "
    """before and now across all output: before: '{"steps": 200, "n": 1}' now: '{"n": 1, "steps": 150}' """: (
        "its rule changed; its settings changed: steps 200 → 150"
    ),
    """Params have changed since last execution: before: '{"epochs": null, "steps": 2}' now: '{"epochs": 7}' """: (
        "its settings changed: epochs 7, no steps"
    ),
    """Params have changed since last execution: before: '{"workflow/a/b.py": "0", "workflow/a/c.py": "1"}' """
    """now: '{"workflow/a/b.py": "2", "workflow/a/c.py": "1"}' """: "workflow/a/b.py changed",
    """Params have changed since last execution: before: '{"workflow/a/b.py": "0"}','{"steps": 2}' """
    """now: '{"steps": 3}','{"workflow/a/b.py": "1"}' """: "workflow/a/b.py changed; its settings changed: steps 2 → 3",
    """Params have changed since last execution: before: ['{"scale": 1}', '{"scale": 2}'] now: ['{"scale": 3}']""": (
        "its settings changed"
    ),
    "Params have changed since last execution: before: <nothing exclusive> now: 'x'": "its settings changed",
}


@pytest.mark.parametrize(("reason", "words"), REASONS.items())
def test_reasons_in_words(reason, words):
    assert in_words(reason) == words


def record(event=None, message="", **fields) -> logging.LogRecord:
    """A record as Snakemake logs it."""
    made = logging.LogRecord("snakemake", logging.INFO, "", 0, message, (), None)
    vars(made).update(fields, event=event)
    return made


def handler(**settings) -> LogHandler:
    usual = {"nocolor": True, "quiet": None, "debug_dag": False, "verbose": False, "dryrun": False}
    usual |= {"show_failed_logs": False, "stdout": True, "printshellcmds": False}
    return LogHandler(SimpleNamespace(**usual | settings), None)


def job(number: int, **fields) -> logging.LogRecord:
    return record(LogEvent.JOB_INFO, jobid=number, rule_name="train", rule_msg="Training", **fields)


def test_a_run_is_one_line_of_progress_and_what_matters(capsys):
    made = handler()
    made.emit(record(message="Building DAG of jobs..."))
    made.emit(record(LogEvent.RUN_INFO, message="Job stats", stats={"train": 2, "total": 2}))
    for number in (1, 2):
        made.emit(job(number, reason="Missing output files: x"))
        made.emit(record(LogEvent.JOB_FINISHED, message="Finished", job_id=number))
        made.emit(record(LogEvent.PROGRESS, done=number, total=2))
    made.emit(record(message="The figures are in f/", closing=True))
    made.emit(record(message="Elapsed time"))
    made.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Building DAG of jobs..."
    assert lines[2] == "1 of 2 jobs done, about 0 s left"
    assert lines[3:] == ["2 of 2 jobs done", "Elapsed time", "The figures are in f/"]


def test_a_dry_run_says_why(capsys):
    handler(dryrun=True).emit(job(1, reason="Missing output files: results/model.pt"))
    assert capsys.readouterr().out == "Training: model.pt not there\n"


def test_verbose_is_snakemakes_own(capsys):
    handler(verbose=True).emit(job(1, reason="Missing output files: x", indent=False))
    assert "Job 1: Training" in capsys.readouterr().out


def test_an_error_comes_through(capsys):
    error = logging.LogRecord("snakemake", logging.ERROR, "", 0, "it broke", (), None)
    handler().emit(error)
    assert "it broke" in capsys.readouterr().out


def failed(number: int, reason: str) -> list[logging.LogRecord]:
    """What comes of a job that fails."""
    log = f"logs/{number}.log"
    return [
        job(number, reason="Missing output files: x"),
        record(message=reason, reason_of=log),
        record(LogEvent.ERROR, message=f"RuleException:\n{reason}\n  in __rule_train", exception="RuleException"),
        record(
            LogEvent.JOB_ERROR, message="Error in rule train", jobid=number, rule_name="train", log=[log], rule_msg=None
        ),
    ]


def test_jobs_that_failed_for_good_are_told_at_the_end_each_in_two_lines(capsys):
    made = handler()
    for each in [*failed(1, "WorkerDied: killed"), record(message="Trying to restart job 1.")]:
        made.emit(each)
    for number in range(2, 14):
        for each in failed(number, f"ValueError: {number}"):
            made.emit(each)
    made.emit(record(message="Trying to restart job 99."))  # that was never told of
    made.emit(record(LogEvent.PROGRESS, done=2, total=2))
    made.emit(record(message="Exiting because a job execution failed. Look above for error messages"))
    made.close()
    made.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Tried again: Training: WorkerDied: killed"
    assert lines[1:3] == ["Trying to restart job 99.", "2 of 2 jobs done, 12 failed"]
    assert lines[3] == "12 jobs failed; what is done is kept, the same command goes on from there:"
    assert lines[4:6] == ["Training: ValueError: 2", "    logs/2.log"]
    assert lines[-1] == "and 2 more, which .snakemake/log names"
    assert len(lines) == 4 + 2 * 10 + 1


def test_a_job_of_a_cluster_fails_with_what_the_cluster_says(capsys):
    made = handler()
    made.emit(record(LogEvent.JOB_ERROR, jobid=1, rule_name="train", log=["a.log", "b.log"], rule_msg="Out of memory"))
    made.close()
    assert capsys.readouterr().out.splitlines()[1:] == ["train: Out of memory", "    a.log, b.log"]


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


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (89, "89 s"), (300, "5 min"), (7200, "2.0 h")])
def test_durations_are_spoken(seconds, words):
    assert spoken(seconds) == words
