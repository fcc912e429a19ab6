"""Snakemake's messages without a screenful per job: one line that says how far the run is and how long it may take.

A dry run says in one line of each job why it would run. Jobs that failed are told at the end, each with its reason and
its log. Other warnings and errors read as Snakemake writes them, and the full record of a run is in .snakemake/log as
always.
"""

import logging
import re
import sys
import time

from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_progress.failures import Failures
from snakemake_logger_plugin_progress.forecast import Forecast, spoken
from snakemake_logger_plugin_progress.reasons import in_words

HIDDEN = {LogEvent.WORKFLOW_STARTED, LogEvent.RESOURCES_INFO}
HIDDEN |= {LogEvent.JOB_INFO, LogEvent.JOB_STARTED, LogEvent.JOB_FINISHED}
CHATTER = (  # how messages of the scheduler begin, and what repeats in sum what was said of each job
    "Select jobs to execute...",
    "Assuming unrestricted",
    "Reasons:",
    "Some jobs were triggered",
    "Rules with provenance",
    "Removing output files of failed job",
)
READING = re.compile(r"^Traceback .* in (parse_config|_get_overwrite_config)$.*\n(.+)", re.DOTALL | re.MULTILINE)
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
        self.forecast = Forecast()
        self.failures = Failures()
        self.shown_at = 0.0
        self.open_line = False  # whether the cursor stands behind a progress line
        self.closing = []  # records marked `closing`, kept for the end

    def emit(self, record) -> None:
        """Take one record: into the forecast, onto the progress line, or on to Snakemake's own handler."""
        event = getattr(record, "event", None)
        self.forecast.take(event, record)
        told = self.failures.take(event, record) if self.brief else None
        if told is None and getattr(record, "exception", None) == "LockException":
            from applicability.running.locks import at_work

            told = at_work() or None  # Snakemake would have the lock removed
        if told is not None:
            self.tell(record.levelno, told)
        elif getattr(record, "closing", False):
            self.closing.append(record)
        elif self.brief and event == LogEvent.PROGRESS:
            self.show(record.done, record.total)
        elif self.brief and event == LogEvent.JOB_INFO and self.common_settings.dryrun:
            self.announce(record)
        elif not (self.brief and self.is_chatter(event, record)) and self.plain.filter(record):
            if self.brief and event == LogEvent.ERROR:
                record.msg = without_trace(record.msg)
            self.end_line()
            self.plain.emit(record)

    def tell(self, level: int, text: str) -> None:
        """Write a line of our own."""
        record = logging.LogRecord("snakemake", level, "", 0, text, (), None)
        if text and self.plain.filter(record):
            self.end_line()
            self.plain.emit(record)

    def is_chatter(self, event, record) -> bool:
        """Whether a record tells of a single job that went well, or of the scheduler at work."""
        return event in HIDDEN or record.getMessage().strip().startswith(CHATTER)

    def announce(self, record) -> None:
        """Write what a job would do and why."""
        if self.plain.filter(record):
            self.plain.stream.write(f"{record.rule_msg or record.rule_name}: {in_words(record.reason)}\n")

    def show(self, done: int, total: int) -> None:
        """Write the progress line: over the last one on a screen, every so often elsewhere."""
        now = time.monotonic()
        if not self.plain.is_tty and now - self.shown_at < PAUSE and done < total:
            return
        self.shown_at = now
        left = self.forecast.seconds_left()
        failed = f", {len(self.failures.jobs)} failed" if self.failures.jobs else ""
        text = f"{done} of {total} jobs done{failed}" + (f", about {spoken(left)} left" if done < total else "")
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
            self.plain.emit(self.closing.pop(0))
        if self.failures.jobs:
            self.tell(logging.ERROR, self.failures.report())
            self.failures.jobs.clear()  # Snakemake closes twice
        super().close()


def without_trace(message: str) -> str:
    """A message of Snakemake's; of a traceback because of a config or `--config` that it cannot read the last line."""
    found = READING.match(message.strip())
    return f"config: expected a file of YAML or JSON, and --config key=value: {found[2]}" if found else message
