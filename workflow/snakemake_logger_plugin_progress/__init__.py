"""Snakemake's messages in few lines: how far a run is, how long it may take, what failed and why.

A dry run says in one line of each job why it would run. Jobs that failed are told at the end, each with its reason and
its log. Any other record reads as Snakemake writes it; so does every record with --verbose or --show-failed-logs. The
full record of a run is in .snakemake/log as always.

The Snakefile sends three kinds of records, known by an attribute: `workflow`, Snakemake's own object; `reason_of`, the
log of a job, with the error that ended it; `closing`, on a line for the end of the run.
"""

import functools
import logging
import sys
import time

from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_progress.command_line import mistake
from snakemake_logger_plugin_progress.failures import Failures
from snakemake_logger_plugin_progress.forecast import Forecast
from snakemake_logger_plugin_progress.reasons import in_words

UNHEARD = (  # how messages begin that Snakemake gives no event, so that only their text tells them apart
    "Assuming unrestricted shared filesystem usage",
    "Select jobs to execute",  # before every job
    "Removing output files of failed job",  # two lines for every failure, and one more for every second try
    "Trying to restart job",
    "Exiting because a job execution failed",  # it points to lines above; ours stand below
)
PAUSE = 10  # seconds between lines where they go to a file instead of a screen


class LogHandler(LogHandlerBase):
    """Writes to stderr; Snakemake hands it every record, one at a time."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        logging.raiseExceptions = False  # a full disk costs Snakemake's log, which needs no screenful of its own
        settings = self.common_settings
        self.plain = ColorizingTextHandler(
            nocolor=settings.nocolor,
            stream=sys.stdout if settings.stdout else sys.stderr,
            formatter=DefaultFormatter(settings.quiet, settings.show_failed_logs),
            filter=DefaultFilter(
                settings.quiet, settings.debug_dag, settings.verbose, settings.dryrun, settings.printshellcmds
            ),
        )
        self.brief = not (settings.verbose or settings.show_failed_logs)
        self.workflow = None  # until the Snakefile has sent it
        self.forecast = Forecast()
        self.failures = Failures()
        self.shown_at = 0.0
        self.open_line = False  # whether the cursor stands behind a progress line
        self.closing = []  # records for the end

    def emit(self, record) -> None:
        """Take one record: into the forecast, onto the progress line, or on to Snakemake's own handler."""
        event = getattr(record, "event", None)
        self.forecast.take(event, record)
        if hasattr(record, "workflow"):
            self.workflow = record.workflow
        elif hasattr(record, "closing"):
            self.closing.append(record)
        elif self.brief and event == LogEvent.PROGRESS:
            self.show(record)
        elif (told := self.instead(event, record)) is None:
            self.write(record)
        else:
            self.tell(record.levelno, told)

    def write(self, record) -> None:
        """Write a record as Snakemake does."""
        if self.plain.filter(record):
            self.end_line()
            self.plain.emit(record)

    def tell(self, level: int, text: str) -> None:
        """Write a line of our own; nothing where it is empty."""
        if text:
            self.write(logging.LogRecord("snakemake", level, "", 0, text, (), None))

    def instead(self, event, record) -> str | None:
        """What to say in place of a record: nothing where that is "", and what Snakemake says where it is None."""
        if getattr(record, "exception", None) == "LockException":
            from applicability.running.locks import at_work  # not before the Snakefile has chosen whose library it is

            return at_work() or None  # Snakemake would have the lock removed
        if not self.brief:
            return None
        match event:
            case LogEvent.WORKFLOW_STARTED | LogEvent.RESOURCES_INFO | LogEvent.JOB_STARTED | LogEvent.JOB_FINISHED:
                return ""
            case LogEvent.JOB_INFO:
                return self.announced(record) if self.common_settings.dryrun else self.failures.begin(record)
            case LogEvent.JOB_ERROR:
                return self.failures.add(record)
            case LogEvent.ERROR if self.workflow is None:
                return mistake(sys.argv[1:], record.getMessage())
            case LogEvent.ERROR if record.exception == "RuleException" and self.failures.reasons:
                return ""  # of a job that has told its reason
            case None if hasattr(record, "reason_of"):
                return self.failures.explain(record)
            case None if record.getMessage().startswith(UNHEARD) or self.sums_up(record):
                return ""
        return None

    def sums_up(self, record) -> bool:
        """Whether a record repeats in sum what a dry run has said of each job."""
        return self.common_settings.dryrun and self.forecast.begun and record.levelno == logging.INFO

    def announced(self, record) -> str:
        """What a job would do and why."""
        why = in_words(self.reasons[record.jobid]) or record.reason
        return f"{record.rule_msg or record.rule_name}: {why}" if self.plain.filter(record) else ""

    @functools.cached_property
    def reasons(self) -> dict:
        """Snakemake's reasons for the jobs of a dry run, by the jobs' numbers."""
        dag = self.workflow.dag
        return {dag.jobid(job): dag.reason(job) for job in list(dag.jobs)}

    def show(self, record) -> None:
        """Write the progress line: over the last one on a screen, every so often elsewhere."""
        now, done, total = time.monotonic(), record.done, sum(self.forecast.planned.values())
        if not self.plain.filter(record) or (not self.plain.is_tty and now - self.shown_at < PAUSE and done < total):
            return
        self.shown_at = now
        from applicability.wording import spoken  # not before the Snakefile has chosen whose library it is

        failed = f", {len(self.failures.jobs)} failed" if self.failures.jobs else ""
        left = f", about {spoken(self.forecast.seconds_left())} left" if done < total else ""
        text = f"{done} of {total} jobs done{failed}{left}"
        self.plain.stream.write(f"\r\033[K{text}" if self.plain.is_tty else f"{text}\n")
        self.plain.flush()
        self.open_line = self.plain.is_tty

    def end_line(self) -> None:
        """Leave the progress line as it stands and start a new one."""
        if self.open_line:
            self.plain.stream.write("\n")
            self.open_line = False

    def close(self) -> None:
        """The end of the run."""
        self.end_line()
        while self.closing:
            self.write(self.closing.pop(0))
        if self.failures.jobs:
            self.tell(logging.ERROR, self.failures.report())
            self.failures.jobs.clear()  # Snakemake closes twice
        super().close()
