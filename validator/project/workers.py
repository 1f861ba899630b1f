"""A pool of processes that work through tasks side by side, and hand back what comes of them in the tasks' order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from ..report.file_result import WorkerDiedError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

_AHEAD: Final = 2
"""Tasks that a process has at a time: one that it works on, and one so that it need not wait for the next."""
_START: Final = "fork" if sys.platform == "linux" else "spawn"
"""How processes are started: the command has no threads that a fork could lose, and a fork has all modules loaded."""


_PR_SET_PDEATHSIG: Final = 1
"""What has Linux end a process with its parent."""
_PAUSE: Final = 0.2


class _Worker(NamedTuple):
    process: BaseProcess
    connection: Connection
    """The end of the pool."""
    tasks: deque[int]
    """The numbers of the tasks that it has, the one that it works on first."""


def in_order(
    work: Callable[[Task], Outcome], tasks: Iterable[Task], processes: int, start: str = _START
) -> Iterator[Outcome]:
    """Do the work of tasks in processes, and yield the outcomes in the order of the tasks.

    Tasks are taken from the iterable as they are needed, a few more than there are processes, so that neither they nor
    the outcomes fill the memory. All processes are gone when the iterator ends, is closed, or raises.

    Args:
        work: What to do with a task; it, the tasks and the outcomes are pickled.
        tasks: The tasks.
        processes: How many processes there are at most.
        start: How they are started: `fork` or `spawn`.

    Raises:
        WorkerDiedError: when a process ends by itself: it was killed, or has no memory left.
        Exception: what `work` or the iterable of tasks raises.
    """
    pool = _Pool[Task, Outcome](work, processes, multiprocessing.get_context(start))
    try:
        yield from pool.outcomes(iter(tasks))
    finally:
        pool.end()


class _Pool(Generic[Task, Outcome]):
    def __init__(self, work: Callable[[Task], Outcome], processes: int, context: BaseContext) -> None:
        self._work = work
        self._processes = processes
        self._context = context
        self._workers: list[_Worker] = []
        self._done: dict[int, tuple[bool, Any]] = {}
        """Outcomes by the numbers of their tasks, and whether they were raised."""

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[Outcome]:
        sent, turn, are_more = 0, 0, True
        while are_more or turn < sent:
            while are_more and sent - turn < self._processes * _AHEAD * 2 and (worker := self._free()) is not None:
                try:
                    task = next(tasks)
                except StopIteration:
                    are_more = False
                    break
                worker.tasks.append(sent)
                self._send(worker, task)
                sent += 1
            if turn in self._done:
                was_raised, outcome = self._done.pop(turn)
                turn += 1
                if was_raised:
                    raise outcome
                yield outcome
            elif turn < sent:
                self._receive()

    def end(self) -> None:
        """End all processes, whatever they do."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    def _free(self) -> _Worker | None:
        """Return the process with the least to do, or a new one; None where all have enough."""
        least = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
        if (least is None or least.tasks) and len(self._workers) < self._processes:
            return self._started()
        return least if least is not None and len(least.tasks) < _AHEAD else None

    def _started(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        is_fork = self._context.get_start_method() == "fork"
        inherited = [ours, *(worker.connection for worker in self._workers)] if is_fork else []
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_run, args=(theirs, self._work, inherited, os.getpid()), daemon=True
        )
        worker = _Worker(process, ours, deque())
        with _uninterrupted():
            process.start()
            self._workers.append(worker)
        theirs.close()
        return worker

    def _send(self, worker: _Worker, task: Task) -> None:
        try:
            worker.connection.send(task)
        except OSError as error:
            raise _death_of(worker) from error

    def _receive(self) -> None:
        """Take in what processes have ready, and wait until one has."""
        busy = {worker.connection: worker for worker in self._workers if worker.tasks}
        for connection in wait(list(busy)):
            worker = busy[connection]  # type: ignore[index]
            try:
                outcome = worker.connection.recv()
            except (EOFError, OSError) as error:
                raise _death_of(worker) from error
            self._done[worker.tasks.popleft()] = outcome


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interrupt off, where that is possible, so that no process is started and not known."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """Have this process end when its parent does, however that ends and whatever this one works on."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        from threading import Thread

        Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before this was said
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os._exit(1)


def _run(connection: Connection, work: Callable[[Any], Any], inherited: list[Connection], parent: int) -> None:
    """Work in a process until the pool is gone, which shows when nobody else has its end of a connection."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the pool is interrupted, and ends its processes
    for each in inherited:
        each.close()
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            outcome = (False, work(task))
        except Exception as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            outcome = (True, error)
        try:
            connection.send(outcome)
        except OSError:
            return


def _death_of(worker: _Worker) -> WorkerDiedError:
    worker.process.join(1)
    code = worker.process.exitcode
    how = f"was ended by signal {-code}" if code is not None and code < 0 else "ended by itself"
    return WorkerDiedError(f"a process that checks files {how}; was there too little memory? --jobs 1 needs the least")
