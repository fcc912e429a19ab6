"""What failed, in few lines: what each job was, why it failed and where its log is."""

NAMED = 10  # jobs that the end of a run names


class Failures:
    """The jobs that failed for good so far. Each method gives what to say at once."""

    def __init__(self) -> None:
        self.messages: dict[int, str] = {}  # of the jobs begun
        self.reasons: dict[str, str] = {}  # log of a job that is about to fail -> its error in one line
        self.jobs: dict[int, str] = {}  # what is told of each

    def begin(self, record) -> str:
        """A job begins; one that had failed is tried again."""
        self.messages[record.jobid] = record.rule_msg or record.rule_name
        told = self.jobs.pop(record.jobid, "")
        return told and "Tried again: " + told.partition("\n")[0]

    def explain(self, record) -> str:
        """Why a job fails, before Snakemake says that it did."""
        self.reasons[record.reason_of] = record.getMessage()
        return ""

    def add(self, record) -> str:
        """A job failed; a cluster's reason is in the record."""
        message = self.messages.get(record.jobid, record.rule_name)
        logs = ", ".join(record.log)
        reason = self.reasons.pop(logs, record.rule_msg) or "it failed"
        self.jobs[record.jobid] = f"{message}: {reason}\n    {logs}"
        return ""

    def report(self) -> str:
        """The end of a run in which jobs failed."""
        count = len(self.jobs)
        head = "1 job failed" if count == 1 else f"{count} jobs failed"
        more = [f"and {count - NAMED} more, which .snakemake/log names"] if count > NAMED else []
        named = list(self.jobs.values())[:NAMED]
        return "\n".join([f"{head}; what is done is kept, the same command goes on from there:", *named, *more])
