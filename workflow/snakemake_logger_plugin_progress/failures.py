"""What failed, in few lines: what each job was, why it failed and where its log is."""

from snakemake_interface_logger_plugins.common import LogEvent

AGAIN = "Trying to restart job "
IN_SUM = ("Exiting because a job execution failed", "WorkflowError:\nAt least one job did not complete")
NAMED = 10  # jobs that the end of a run names


class Failures:
    """The jobs that failed for good so far."""

    def __init__(self) -> None:
        self.messages: dict[int, str] = {}  # of the jobs in hand
        self.reasons: dict[str, str] = {}  # log of a job -> its error in one line
        self.jobs: dict[int, str] = {}  # what is told of each

    def take(self, event, record) -> str | None:
        """Learn from one of Snakemake's records: what to show in its place, nothing where that is "", and None where
        it is about something else."""
        text = record.getMessage()
        if event == LogEvent.JOB_INFO:
            self.messages[record.jobid] = record.rule_msg or record.rule_name
        elif event == LogEvent.JOB_FINISHED:
            self.messages.pop(record.job_id, None)
        elif hasattr(record, "reason_of"):  # `reported` tells it, before Snakemake does with its traceback
            self.reasons[record.reason_of] = text
            return ""
        elif event == LogEvent.ERROR and self.reasons and "in __rule_" in text:
            return ""
        elif event == LogEvent.JOB_ERROR:
            message = self.messages.get(record.jobid, record.rule_name)
            reason = self.reasons.pop(record.log[0], record.rule_msg) if record.log else record.rule_msg
            self.jobs[record.jobid] = f"{message}: {reason or 'it failed'}\n    {', '.join(record.log)}"
            return ""
        elif text.startswith(AGAIN):
            told = self.jobs.pop(int(text.removeprefix(AGAIN).rstrip(".")), None)
            return told and "Tried again: " + told.partition("\n")[0]
        elif self.jobs and text.startswith(IN_SUM):
            return ""
        return None

    def report(self) -> str:
        """The end of a run in which jobs failed."""
        count = len(self.jobs)
        head = "1 job failed" if count == 1 else f"{count} jobs failed"
        more = [f"and {count - NAMED} more, which .snakemake/log names"] if count > NAMED else []
        named = list(self.jobs.values())[:NAMED]
        return "\n".join([f"{head}; what is done is kept, the same command goes on from there:", *named, *more])
