"""`snakemake --executor dask`: the jobs stay in this process, which hands their work to warm workers on other machines.

It is Snakemake's own local executor, with settings that the Snakefile reads and an end that ends the workers.
"""

from dataclasses import dataclass, field
from typing import Optional

from snakemake.executors import local
from snakemake_interface_executor_plugins.settings import ExecutorSettingsBase

common_settings = local.common_settings


@dataclass
class ExecutorSettings(ExecutorSettingsBase):
    """What `--dask-…` and a profile say of the workers."""

    cluster: Optional[str] = field(
        default=None, metadata={"help": "Start workers as jobs of this cluster: slurm, pbs, sge, lsf or htcondor."}
    )
    job: Optional[str] = field(
        default=None,
        metadata={"help": 'What a job of the cluster is given, as JSON: {"memory": "2GB", "queue": …}.'},
    )
    least: int = field(default=1, metadata={"help": "The least number of workers, each a job."})
    most: int = field(default=10, metadata={"help": "The largest number of workers."})
    scheduler: Optional[str] = field(
        default=None, metadata={"help": "Use the workers of the Dask scheduler at this address, tls://host:port."}
    )
    key: Optional[str] = field(
        default=None, metadata={"help": "The PEM file of key and certificate that the scheduler was started with."}
    )


class Executor(local.Executor):
    """Snakemake's local executor."""

    def shutdown(self):
        """At the end of a run."""
        super().shutdown()
        self.workers().close()

    def cancel(self):
        """At Ctrl-C."""
        self.workers().close()
        super().cancel()

    def workers(self):
        """The workers that the Snakefile started."""
        # not before the Snakefile has chosen whose library it is
        from applicability.running.snakemake_inside import workers

        return workers(self.workflow)
