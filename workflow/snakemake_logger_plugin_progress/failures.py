"""Failed jobs in few lines: the message, reason and log of each."""

NAMED = 10  # jobs that the end of a run names


class Failures:
    """The jobs that have failed so far. Each method returns the text to show."""

    def __init__(self) -> None:
        self.messages: dict[int, str] = {}  # job -> its message, when it started
        self.reasons: dict[str, str] = {}  # log of a job that is about to fail -> its error in one line
        self.jobs: dict[int, str] = {}  # failed job -> its lines in the report

    def begin(self, record) -> str:
        """Note that a job starts; a failed job that starts is tried again."""
        self.messages[record.jobid] = record.rule_msg or record.rule_name
        told = self.jobs.pop(record.jobid, "")
        return told and "Tried again: " + told.partition("\n")[0]

    def explain(self, record) -> str:
        """Note why a job fails; Snakemake reports the failure later."""
        self.reasons[record.reason_of] = record.getMessage()
        return ""

    def add(self, record) -> str:
        """Note that a job failed; on a cluster, the record has the reason."""
        message = self.messages.get(record.jobid, record.rule_name)
        logs = ", ".join(record.log)
        reason = self.reasons.pop(logs, record.rule_msg) or "it failed"
        self.jobs[record.jobid] = f"{message}: {reason}\n    {logs}"
        return ""

    def report(self) -> str:
        """The lines that end a run with failed jobs."""
        count = len(self.jobs)
        head = "1 job failed" if count == 1 else f"{count} jobs failed"
        more = [f"and {count - NAMED} more, which .snakemake/log names"] if count > NAMED else []
        named = list(self.jobs.values())[:NAMED]
        return "\n".join([f"{head}; what is done is kept, the same command goes on from there:", *named, *more])
