"""Warm workers: a pool of processes that import torch once, not once a job.

Rules, cluster.py and estimate use it. May import commands, errors and storage.files.
"""

import contextlib
import multiprocessing
import os
import shlex
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from applicability.commands import command
from applicability.errors import InputError, in_a_line
from applicability.storage.files import ORIGIN, write_record

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

# imported once, by the server that the workers are forked from. Each worker imports torch by itself when a job needs
# torch: the import takes as long again, and all workers do it at the same time
PRELOADED = ["pandas", "scipy.stats"]


class WorkerDied(RuntimeError):
    """A worker process ended during a job, killed or out of memory."""


class Workers:
    """A pool of worker processes behind a `concurrent.futures` executor, on this machine or on others.

    The first job makes the executor. If the executor breaks, its running jobs fail and the next job makes a new one.
    """

    def __init__(self, new: Callable[[], Executor]):
        self.new = new
        self.executor: Executor | None = None
        self.closed = False
        self.lock = threading.Lock()

    def run(self, name: str, log: str, **arguments: str | list[str]) -> None:
        """Run a command on a worker, to its end; raises what the command raises.

        name: the command. log: the file for its output. arguments: the command's.
        Raises WorkerDied if the worker ended, KeyboardInterrupt if the pool is closed.
        """
        executor = self.start()
        try:
            executor.submit(run_logged, name, log, arguments, ORIGIN.get({})).result()
        except (WorkerDied, BrokenExecutor, CancelledError) as error:
            if self.closed:
                raise KeyboardInterrupt from error  # which Snakemake passes over in silence
            if not isinstance(error, WorkerDied):
                self.leave(executor)
            died = WorkerDied("its worker was killed or ran out of memory")
            with contextlib.suppress(OSError), open(log, "a") as file:
                print(in_a_line(died), file=file)
            raise died from error

    def leave(self, executor: Executor) -> None:
        """Give up an executor that broke."""
        with self.lock:
            if self.executor is executor:
                self.executor = None
        executor.shutdown(wait=False)

    def start(self) -> Executor:
        """The executor, made where there is none. Raises KeyboardInterrupt if the pool is closed."""
        with self.lock:
            if self.closed:
                raise KeyboardInterrupt
            if self.executor is None:
                self.executor = self.new()
            return self.executor

    def interrupt(self, *received) -> None:
        """The handler of Ctrl-C (SIGINT), which ends workers too: they are not reported as killed."""
        self.closed = True
        signal.default_int_handler(*received)

    def close(self) -> None:
        """End the workers for good; running jobs are given up."""
        with self.lock:
            self.closed = True
            if self.executor is not None:
                self.executor.shutdown(wait=False, cancel_futures=True)


class Processes(ThreadPoolExecutor):
    """Threads with a process each: a process that dies fails its own job alone."""

    def __init__(self, count: int, new: Callable[[], Executor]):
        super().__init__(count)
        self.new, self.own = new, threading.local()

    def submit(self, function: Callable, /, *arguments) -> Future:
        """Submit a job, as any executor does; its future raises WorkerDied if the process ended."""
        return super().submit(self.run_in_process, function, *arguments)

    def run_in_process(self, function: Callable, *arguments):
        """Call a function in the process of this thread and return its result."""
        try:
            future = self.own.process.submit(function, *arguments)
        except (AttributeError, BrokenExecutor):  # no process yet, or a dead one
            self.own.process = self.new()
            future = self.own.process.submit(function, *arguments)
        try:
            return future.result()
        except BrokenExecutor as error:
            raise WorkerDied("a process ended in the middle of a job") from error


def local_processes(count: int) -> Executor:
    """An executor of `count` processes, forked from a server that has imported the libraries PRELOADED."""
    os.environ.update(ONE_THREAD)  # before the server starts: BLAS libraries read the variables as they load
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    started = context.Value("i", 0)
    return Processes(
        count, lambda: ProcessPoolExecutor(1, mp_context=context, initializer=prepare_worker, initargs=(started,))
    )


def prepare_worker(started: Synchronized) -> None:
    """Prepare a worker process: number it, end it at Ctrl-C or with the main process.

    The number decides which CUDA card the worker uses.
    """
    with started.get_lock():
        os.environ["APPLICABILITY_WORKER"] = str(started.value)  # device.resolve reads it
        started.value += 1
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main = multiprocessing.parent_process()
    threading.Thread(target=lambda: (main.join(), os._exit(1)), daemon=True).start()


def run_logged(name: str, log: str, arguments: dict, origin: Mapping[str, str]) -> None:
    """Run a command in this process; command line, output, traceback and time go to `log`.

    The records of the files written state the origin.
    """
    ORIGIN.set(origin)
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as file, contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        print(command_line(name, arguments), flush=True)
        started, cpu = time.perf_counter(), time.process_time()
        try:
            with write_record():
                command(name)(**arguments)
        except InputError as error:
            print(in_a_line(error))
            raise
        except BaseException:
            traceback.print_exc()
            raise
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        print(f"done in {seconds:.3f} s ({cpu:.3f} s of CPU) by process {os.getpid()} on {socket.gethostname()}")


def command_line(name: str, arguments: dict) -> str:
    """The shell command that runs a stage by hand."""
    words = [Path(sys.executable).name, "-m", "applicability", name]
    for key, value in arguments.items():
        words += [f"--{key.replace('_', '-')}", *([value] if isinstance(value, str) else value)]
    return shlex.join(words)
