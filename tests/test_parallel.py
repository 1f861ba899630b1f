"""Many processes: what is printed is the same as with one, and nothing hangs whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.test_command import COMMAND, heed_interrupts, run
from validator.files import WorkerDiedError
from validator.formats import FORMATS
from validator.project import Project, parallel, workers
from validator.project.workers import in_order

STARTS = ("fork", "spawn")


def record(number: int, **changes: Any) -> bytes:
    params = {"model": "claude-haiku-4-5", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}], **changes}
    return orjson.dumps({"custom_id": f"id-{number}", "params": params}, option=orjson.OPT_APPEND_NEWLINE)


def lines() -> Iterator[bytes]:
    for number in range(300):
        yield record(number if number % 50 else number // 100, **({"max_tokens": "7"} if number % 40 == 3 else {}))
        if number % 70 == 5:
            yield b" \r\n"
    yield b"{"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "long.jsonl").write_bytes(b"".join(lines()))
    for number in range(30):
        wrong = b'{"messages": [], "model": "claude-haiku-4-5"}'
        (tmp_path / f"{number:02}.json").write_bytes(wrong if number % 7 == 0 else orjson.dumps({"number": number}))
    (tmp_path / "99.json").write_bytes(b'{"messages": [{"role": "user", "content": "x"}], "model": "claude-')
    (tmp_path / "msglint.toml").write_text(
        '[[overrides]]\nfiles = ["long.jsonl#/params/max_tokens"]\nseverity = { schema = "warning" }\n'
        '[[overrides]]\nfiles = ["*.json#/nothing"]\nignore = ["schema"]\n'
    )
    return tmp_path


_AT_ONCE = "from validator.project import parallel as p; p._PATIENCE -= 1; from validator.cli import main; main()"


def run_at_once(*arguments: str) -> Any:
    """Run msglint as `run` does, but with workers however few files there are."""
    done = subprocess.run([sys.executable, "-c", _AT_ONCE, *arguments], capture_output=True, check=False)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()  # type: ignore[attr-defined]
    return done


def test_every_format_is_the_same_with_any_number_of_processes(folder: Path) -> None:
    def printed(jobs: int) -> Any:
        files = {name: folder / f"{name}.out" for name in FORMATS if name != "full"}
        done = run_at_once("check", ".", f"--jobs={jobs}", *(f"--output={name}={file}" for name, file in files.items()))
        return done.out, done.err, done.returncode, [file.read_bytes() for file in files.values()]

    one = printed(1)
    assert printed(3) == one
    assert one[2] == 1


def test_slices_of_any_length_find_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(jobs: int, length: int) -> list[Any]:
        monkeypatch.setattr(parallel, "_SLICE", length)
        monkeypatch.setattr(parallel, "_PATIENCE", 0)
        project = Project(most_kept=20)
        return [result for _, result in parallel.check_all(project, project.find(["long.jsonl"]), jobs)]

    whole = found(1, 2**30)
    assert whole[0].violations
    assert any(
        "the same `custom_id`" in violation.message or "line 1" in violation.message
        for violation in whole[0].violations
    )
    for jobs, length in ((1, 1), (1, 997), (2, 1000), (3, 5000), (2, 10**5)):
        assert found(jobs, length) == whole


@pytest.mark.parametrize(("seconds", "bytes_", "number"), [(3600, 2**30, 0), (0, 2**30, 1), (3600, 100, 1)])
def test_workers_are_started_after_a_while_if_much_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, bytes_: int, number: int
) -> None:
    def in_place(work: Callable[[Any], Any], tasks: Iterator[Any], jobs: int) -> Iterator[Any]:
        started.append(jobs)
        return map(work, tasks)

    started: list[int] = []
    monkeypatch.setattr(workers, "in_order", in_place)
    monkeypatch.setattr(parallel, "_PATIENCE", seconds)
    monkeypatch.setattr(parallel, "_MUCH", bytes_)
    project = Project()
    assert list(parallel.check_all(project, project.find(["."]), 2))
    assert started == [2] * number


def test_no_workers_are_started_for_less_than_was_done_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "in_order", None)
    monkeypatch.setattr(parallel, "_PATIENCE", 1e-9)
    project = Project()
    assert len(list(parallel.check_all(project, project.find(["00.json"]), 2))) == 1


def test_a_baseline_is_the_same_with_any_number_of_processes(folder: Path) -> None:
    run("check", ".", "--write-baseline", "--jobs", "1")
    one = (folder / "msglint-baseline.json").read_bytes()
    (folder / "msglint-baseline.json").unlink()
    run_at_once("check", ".", "--write-baseline", "--jobs", "2")
    assert (folder / "msglint-baseline.json").read_bytes() == one
    assert run_at_once("check", "--jobs", "2").returncode == 0


def test_a_broken_configuration_is_told_when_the_files_before_it_are_done(folder: Path) -> None:
    below = folder / "zz"
    below.mkdir()
    (below / "msglint.toml").write_text("nothing = 1\n")
    (below / "a.json").write_bytes(b'{"messages": []}')
    named = [f"{number:02}.json" for number in range(30)]
    one, many = (run_at_once("check", *named, ".", "--format", "concise", "--jobs", jobs) for jobs in ("1", "2"))
    assert (one.out, one.err, one.returncode) == (many.out, many.err, many.returncode)
    assert one.returncode == 2
    assert one.out


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked(folder: Path) -> None:
    (folder / "10.jsonl.gz").write_bytes(b"no gzip")
    done = run_at_once("check", ".", "10.jsonl.gz", "--format", "json", "--jobs", "2")
    assert done.returncode == 2
    assert [error["path"] for error in orjson.loads(done.out)["errors"]] == ["10.jsonl.gz", "10.jsonl.gz"]


def double(number: int) -> int:
    return number * 2


def slower_first(number: int) -> int:
    time.sleep(0.05 if number == 0 else 0)
    return number


def refuse(number: int) -> int:
    if number == 3:
        msg = "three"
        raise ValueError(msg)
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def own_process(_: int) -> int:
    time.sleep(0.02)
    return os.getpid()


@pytest.mark.parametrize("start", STARTS)
def test_outcomes_come_in_the_order_of_the_tasks(start: str) -> None:
    assert list(in_order(double, range(20), 2, start)) == [number * 2 for number in range(20)]


def test_an_outcome_that_is_late_keeps_its_place() -> None:
    assert list(in_order(slower_first, range(20), 3)) == list(range(20))


def test_tasks_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    outcomes = in_order(double, tasks(), 2)
    for _ in range(10):
        next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert len(taken) < 30


def test_several_processes_work() -> None:
    assert len(set(in_order(own_process, range(8), 2))) == 2


def test_an_error_of_a_task_is_raised_in_its_place() -> None:
    outcomes = in_order(refuse, range(9), 2)
    assert [next(outcomes) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(outcomes)


@pytest.mark.parametrize("start", STARTS)
def test_a_process_that_is_killed_is_told(start: str) -> None:
    with pytest.raises(WorkerDiedError, match="was killed by signal 9"):
        list(in_order(die, range(9), 2, start))


def test_no_process_is_left_behind() -> None:
    outcomes = in_order(own_process, range(100), 2)
    process = next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"".join(record(number, max_tokens="7") for number in range(30_000)))
    return path


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Wait until a process has some, and return them."""
    for _ in range(3000):
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        if len(found) == 2:
            return [int(each) for each in found]
        time.sleep(0.01)
    raise TimeoutError


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes as Linux has them")
@pytest.mark.parametrize(
    ("sent", "code", "said"), [(signal.SIGKILL, 2, b"was killed by signal 9"), (signal.SIGINT, 130, b"")]
)
def test_the_command_ends_when_it_is_interrupted_or_loses_a_process(
    long: Path, sent: signal.Signals, code: int, said: bytes
) -> None:
    command = [COMMAND, "check", str(long), "--jobs", "2", "--max-per-file", "0", "--output-file", os.devnull]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - a signal
    ) as process:
        workers = children(process)
        os.kill(workers[0] if sent is signal.SIGKILL else process.pid, sent)
        _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert said in error
    assert b"Traceback" not in error
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
