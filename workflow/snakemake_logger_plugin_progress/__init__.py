"""Logger plugin: Snakemake's messages in few lines: progress, time left, failures and their reasons.

A dry run gives one line a job: why the job would run. The end of a run names each failed job, its reason and its log.
Other records read as Snakemake writes them, and so do all records with --verbose or --show-failed-logs. The full log of
a run is in .snakemake/log as always.

The Snakefile sends three kinds of log records, each with an attribute: `workflow`, Snakemake's own object; `reason_of`,
the log file of a job whose error the record holds; `closing`, for a line at the end of the run.
Snakemake finds and imports the plugin; it may import the library within functions alone, once the Snakefile has chosen
the checkout.
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

UNHEARD = (  # first words of messages to leave out; they have no event to know them by
    "Assuming unrestricted shared filesystem usage",
    "Select jobs to execute",  # before every job
    "Removing output files of failed job",  # two lines for every failure, and one more for every second try
    "Trying to restart job",
    "Exiting because a job execution failed",  # points to lines above, but ours stand below
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
        logging.raiseExceptions = False  # on a full disk, each record would print a traceback
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
        """Handle a record: update the forecast; then keep, replace or pass on to Snakemake's handler."""
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
        """Write a line of our own; an empty text writes nothing."""
        if text:
            self.write(logging.LogRecord("snakemake", level, "", 0, text, (), None))

    def instead(self, event, record) -> str | None:
        """The text in place of a record: "" leaves it out, None keeps Snakemake's own."""
        if getattr(record, "exception", None) == "LockException":
            from applicability.running.locks import lock_holder  # here, since the Snakefile chooses the checkout

            return lock_holder() or None  # Snakemake's own text advises to remove the lock
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
                return ""  # the job's reason has been recorded
            case None if hasattr(record, "reason_of"):
                return self.failures.explain(record)
            case None if record.getMessage().startswith(UNHEARD) or self.sums_up(record):
                return ""
        return None

    def sums_up(self, record) -> bool:
        """Whether a record sums up a dry run whose jobs have had a line each."""
        return self.common_settings.dryrun and self.forecast.begun and record.levelno == logging.INFO

    def announced(self, record) -> str:
        """A job's line in a dry run: what the job would do, and why."""
        why = in_words(self.reasons[record.jobid]) or record.reason
        return f"{record.rule_msg or record.rule_name}: {why}" if self.plain.filter(record) else ""

    @functools.cached_property
    def reasons(self) -> dict:
        """Snakemake's reasons for the jobs of a dry run, by job number."""
        from applicability.running.snakemake_inside import reasons_of

        return reasons_of(self.workflow)

    def show(self, record) -> None:
        """Write the progress line: over the last on a screen, every PAUSE seconds in a file."""
        now, done, total = time.monotonic(), record.done, sum(self.forecast.planned.values())
        if not self.plain.filter(record) or (not self.plain.is_tty and now - self.shown_at < PAUSE and done < total):
            return
        self.shown_at = now
        from applicability.wording import spoken  # here, as above

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
        """End the log of a run: closing lines, then failed jobs."""
        self.end_line()
        while self.closing:
            self.write(self.closing.pop(0))
        if self.failures.jobs:
            self.tell(logging.ERROR, self.failures.report())
            self.failures.jobs.clear()  # Snakemake closes twice
        super().close()
