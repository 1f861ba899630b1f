"""A pool of worker processes that returns the outcomes of tasks in the order of the tasks.

Not `concurrent.futures`: its `map` takes all tasks at once, and it does not terminate busy workers.
"""

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
"""Tasks that a worker has at a time: the current one, and the next, so that it never waits."""
_START: Final = "fork" if sys.platform == "linux" else "spawn"
"""The start method: a fork has all modules loaded, and is safe because the command has no threads."""


_PR_SET_PDEATHSIG: Final = 1
"""The `prctl` option that makes Linux kill a process when its parent dies."""
_PAUSE: Final = 0.2


class _Worker(NamedTuple):
    process: BaseProcess
    connection: Connection
    """The pool's end of the pipe."""
    tasks: deque[int]
    """The numbers of its tasks, the current one first."""


def in_order(
    work: Callable[[Task], Outcome], tasks: Iterable[Task], processes: int, start: str = _START
) -> Iterator[Outcome]:
    """Apply `work` to tasks in worker processes, and yield the outcomes in the order of the tasks.

    Tasks are taken from the iterable on demand, a few more than there are processes, so neither they nor the outcomes
    fill the memory. All workers are gone when the iterator ends, is closed, or raises.

    Args:
        work: The function to apply; it, the tasks and the outcomes are pickled.
        tasks: The tasks.
        processes: The most processes to start.
        start: The start method, `fork` or `spawn`.

    Raises:
        WorkerDiedError: if a worker dies: it was killed, or is out of memory.
        Exception: any exception of `work` or of the iterable.
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
        """By the number of the task: whether it raised, and the outcome or exception."""

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
        """Terminate all workers at once."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    def _free(self) -> _Worker | None:
        """Return the worker with the fewest tasks, or a new one; None if all have enough tasks."""
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
            # Freed here: Python ignores a Ctrl-C that arrives in `__del__`.
            del theirs
        return worker

    def _send(self, worker: _Worker, task: Task) -> None:
        try:
            worker.connection.send(task)
        except OSError as error:
            raise _death_of(worker) from error

    def _receive(self) -> None:
        """Wait until a worker has finished a task, and receive all outcomes that are ready."""
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
    """Defer Ctrl-C if the system allows it, so that no process is started without being recorded."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """Make this process die with its parent, even if the parent is killed and this process is busy."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        from threading import Thread

        Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # the parent died before the call above
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os._exit(1)


def _run(connection: Connection, work: Callable[[Any], Any], inherited: list[Connection], parent: int) -> None:
    """The main function of a worker: do tasks until the pool closes its end of the pipe."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the pool too, which terminates its workers
    # A fork inherits the pool's ends of all pipes so far; while it holds one, that pipe never reports its end.
    for each in inherited:
        each.close()
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            outcome = (False, work(task))
        except Exception as error:  # noqa: BLE001 - raised again in the pool
            outcome = (True, error)
        try:
            connection.send(outcome)
        except OSError:
            return


def _death_of(worker: _Worker) -> WorkerDiedError:
    worker.process.join(1)
    code = worker.process.exitcode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else "ended unexpectedly"
    return WorkerDiedError(f"a worker process {how}, perhaps for lack of memory; `--jobs 1` needs the least")
