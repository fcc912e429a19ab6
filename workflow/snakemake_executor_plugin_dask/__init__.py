"""`snakemake --executor dask`: jobs run in this process, their stages on workers elsewhere.

The executor is Snakemake's own local one. Two things are added: settings, which running/cluster.py takes, and the end
of the workers with the run. Snakemake finds and imports it; it may import running, within functions.
"""

from dataclasses import dataclass, field
from typing import Optional

from snakemake.executors import local
from snakemake_interface_executor_plugins.settings import ExecutorSettingsBase

common_settings = local.common_settings


@dataclass
class ExecutorSettings(ExecutorSettingsBase):
    """The settings `--dask-…` of the command line or a profile."""

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
    """Snakemake's local executor, which also ends the workers."""

    def shutdown(self):
        """End the workers at the end of a run."""
        super().shutdown()
        self.close_workers()

    def cancel(self):
        """End the workers at Ctrl-C."""
        self.close_workers()
        super().cancel()

    def close_workers(self):
        """End the workers that the Snakefile started. (`workers` is the number of Snakemake's threads.)"""
        # not before the Snakefile has chosen whose library it is
        from applicability.running.snakemake_inside import workers

        workers(self.workflow).close()
