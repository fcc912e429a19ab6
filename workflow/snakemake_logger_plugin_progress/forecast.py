"""Forecast of the time that a run will still take."""

import time
from collections import defaultdict

from snakemake_interface_logger_plugins.common import LogEvent


class Forecast:
    """Forecast of the time left, from the mean time of each rule's finished jobs."""

    def __init__(self) -> None:
        self.planned: dict[str, int] = {}  # rule -> jobs to run; the total of a PROGRESS event counts others too
        self.taken: dict[str, list[float]] = defaultdict(list)  # rule -> seconds of each finished job
        self.begun: dict[int, tuple[str, float]] = {}  # job -> its rule and start
        self.started = time.monotonic()

    def take(self, event, record) -> None:
        """Learn from a record of Snakemake."""
        now = time.monotonic()
        if event == LogEvent.JOB_INFO and not self.begun and not self.taken:
            self.started = now
        if event == LogEvent.RUN_INFO:
            self.planned = {rule: count for rule, count in record.stats.items() if rule != "total"}
        elif event == LogEvent.JOB_INFO:
            self.begun[record.jobid] = (record.rule_name, now)
        elif event == LogEvent.JOB_FINISHED and record.job_id in self.begun:
            rule, begun = self.begun.pop(record.job_id)
            self.taken[rule].append(now - begun)

    def seconds_left(self) -> float:
        """Expected wall time in seconds, at the mean concurrency so far."""
        done = sum(map(len, self.taken.values()))
        busy = sum(map(sum, self.taken.values()))
        if not busy:
            return 0.0
        mean = {rule: sum(times) / len(times) for rule, times in self.taken.items()}
        ahead = {rule: count - len(self.taken.get(rule, [])) for rule, count in self.planned.items()}
        work = sum(count * mean.get(rule, busy / done) for rule, count in ahead.items() if count > 0)
        return work * (time.monotonic() - self.started) / busy
