"""Warm workers: stages run in processes that live on, so that torch is imported once by each, not once a job."""

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
from applicability.storage.files import ORIGIN, recorded

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

# imported once, by the server that the workers are forked from; torch, which takes as long again and not every job
# needs, by each worker as it comes to it, all at a time
PRELOADED = ["pandas", "scipy.stats"]


class WorkerDied(RuntimeError):
    """A worker process ended in the middle of a job, killed or out of memory."""


class Workers:
    """Whatever processes a `concurrent.futures` executor stands for, on this machine or on others.

    They start with the first job. Where the executor breaks as a whole, the jobs in hand fail and the next job gets a
    new one.
    """

    def __init__(self, new: Callable[[], Executor]):
        self.new = new
        self.executor: Executor | None = None
        self.closed = False
        self.lock = threading.Lock()

    def run(self, name: str, log: str, **arguments: str | list[str]) -> None:
        """Run a command on a worker and wait for it; what it raises is raised here."""
        executor = self.started()
        try:
            executor.submit(logged, name, log, arguments, ORIGIN.get({})).result()
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
        """Use an executor no more."""
        with self.lock:
            if self.executor is executor:
                self.executor = None
        executor.shutdown(wait=False)

    def started(self) -> Executor:
        """The executor, made where there is none. Raises KeyboardInterrupt when the workers have been closed."""
        with self.lock:
            if self.closed:
                raise KeyboardInterrupt
            if self.executor is None:
                self.executor = self.new()
            return self.executor

    def interrupted(self, *received) -> None:
        """What Ctrl-C calls before anything else: it ends workers too, and they were not killed."""
        self.closed = True
        signal.default_int_handler(*received)

    def close(self) -> None:
        """End the workers, for good; jobs in hand are given up."""
        with self.lock:
            self.closed = True
            if self.executor is not None:
                self.executor.shutdown(wait=False, cancel_futures=True)


class Processes(ThreadPoolExecutor):
    """Threads that hand each job to a process of their own: one that dies takes its job along, and no other's."""

    def __init__(self, count: int, new: Callable[[], Executor]):
        super().__init__(count)
        self.new, self.own = new, threading.local()

    def submit(self, function: Callable, /, *arguments) -> Future:
        """As any executor; the future raises WorkerDied where the process ended."""
        return super().submit(self.handed, function, *arguments)

    def handed(self, function: Callable, *arguments):
        """What a function returns in the process of this thread."""
        try:
            future = self.own.process.submit(function, *arguments)
        except (AttributeError, BrokenExecutor):  # there is none yet, or it died
            self.own.process = self.new()
            future = self.own.process.submit(function, *arguments)
        try:
            return future.result()
        except BrokenExecutor as error:
            raise WorkerDied("a process ended in the middle of a job") from error


def local_processes(count: int) -> Executor:
    """Processes forked from a server that has the libraries of every stage imported already."""
    os.environ.update(ONE_THREAD)  # before the server starts: BLAS libraries read it as they load
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    started = context.Value("i", 0)
    return Processes(count, lambda: ProcessPoolExecutor(1, mp_context=context, initializer=settle, initargs=(started,)))


def settle(started: Synchronized) -> None:
    """A worker's first act: to take its number, by which cards are dealt out, to end at Ctrl-C without a word, and to
    end when the main process is gone."""
    with started.get_lock():
        os.environ["APPLICABILITY_WORKER"] = str(started.value)  # device.resolve reads it
        started.value += 1
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main = multiprocessing.parent_process()
    threading.Thread(target=lambda: (main.join(), os._exit(1)), daemon=True).start()


def logged(name: str, log: str, arguments: dict, origin: Mapping[str, str]) -> None:
    """Run a command in this process; its command line, output, time and traceback go to `log`. What it writes says its
    origin."""
    ORIGIN.set(origin)
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as file, contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        print(command_line(name, arguments), flush=True)
        started, cpu = time.perf_counter(), time.process_time()
        try:
            with recorded():
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
    """The shell command that does the same by hand."""
    words = [Path(sys.executable).name, "-m", "applicability", name]
    for key, value in arguments.items():
        words += [f"--{key.replace('_', '-')}", *([value] if isinstance(value, str) else value)]
    return shlex.join(words)
