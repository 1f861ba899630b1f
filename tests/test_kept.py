"""The code that is kept for the next start: that it is used, and only while it is that of the sources."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.material import copy_sources

KNOWS = """
import sys
from validator.common import kept
kept.use()
import validator.rules.sampling, validator.checking.linter as linter
print(type(linter.__spec__.loader).__name__, len(kept._kept.modules) > 50, kept._kept.is_current)
"""
SHOWS_NOTHING_ELSE = """
import copy, inspect, pickle, sys, traceback
from importlib.resources import files
from importlib.util import find_spec

def seen():
    import validator.checking.linter as linter
    import validator.config as package
    from validator.report.report import Violation
    spec, other = linter.__spec__, package.__spec__
    try:
        linter.Linter(today=1)
    except Exception:
        trace = traceback.format_exc()
    return [
        linter.__file__, linter.__cached__, linter.__package__, linter.__name__, spec.origin, spec.has_location,
        spec.parent, spec.submodule_search_locations, spec.loader.path, spec.loader.is_package(linter.__name__),
        package.__path__, other.submodule_search_locations, package.__package__, other.cached,
        inspect.getsource(linter.shared_linter), inspect.getsourcefile(linter), trace,
        linter.Linter.lint_document.__code__.co_filename, pickle.dumps(Violation), inspect.getdoc(linter),
        files("validator.config").joinpath("__init__.py").read_text("utf-8"), find_spec(linter.__name__) is spec,
    ]

usual = seen()
for name in [name for name in sys.modules if name.startswith("validator")]:
    del sys.modules[name]
from validator.common import kept
kept.use()
again = seen()
import validator.checking.linter
assert type(validator.checking.linter.__spec__.loader).__name__ == "_Loader"
for one, other in zip(usual, again, strict=True):
    assert one == other, (one, other)
"""
RUNS = "from validator.__main__ import run; run()"
CHECK = ("check", "--isolated", "--format", "concise", "hello.json")
HELLO = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package, prepare it as a build does, and check a file twice: Python's own files, then ours."""
    folder = tmp_path_factory.mktemp("kept")
    run(folder, "-B", str(copy_sources(folder)))
    (folder / "hello.json").write_text(json.dumps(HELLO))
    check(folder)
    return folder


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Path:
    """Copy the package with the times of its files, and check a file: what was kept is that of another place."""
    shutil.copytree(built, tmp_path / "own")
    check(tmp_path / "own")
    assert program(tmp_path / "own", KNOWS) == "_Loader True True"
    return tmp_path / "own"


def run(package: Path, *arguments: str, **variables: str) -> str:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**usual, "PYTHONPATH": str(package), **variables}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, cwd=package, env=environment, check=False, timeout=60
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    return done.stdout.decode() + done.stderr.decode()


def check(package: Path, *options: str, **variables: str) -> str:
    """Check a file as the module, in which everything is imported as by the command."""
    return run(package, *options, "-m", "validator", *CHECK, **variables)


def program(package: Path, code: str, *options: str) -> str:
    return run(package, "-B", *options, "-c", code).strip()


def places(package: Path) -> list[Path]:
    return sorted(package.rglob("start*.pyc*"))


def test_a_check_keeps_the_code_and_the_next_one_uses_it(own: Path) -> None:
    (place,) = places(own)
    assert place.parent == own / "validator" / "_prepared" / "__pycache__"
    before = place.stat().st_mtime_ns
    assert check(own) == check(own) == "checked 1 request in 1 file: no violations\n"
    assert place.stat().st_mtime_ns == before
    assert places(own) == [place]


def test_modules_look_as_if_python_had_found_them(own: Path) -> None:
    program(own, SHOWS_NOTHING_ELSE)


def test_a_source_that_was_edited_is_seen(own: Path) -> None:
    tally = own / "validator" / "cli" / "tally.py"
    tally.write_text(tally.read_text("utf-8").replace('f"checked {', 'f"Checked {'), "utf-8")
    assert check(own).startswith("Checked 1 request")
    assert program(own, KNOWS) == "_Loader True True", "the edited one is kept as well by then"
    assert check(own).startswith("Checked 1 request")


def test_a_source_that_was_replaced_by_one_of_another_time_is_seen(own: Path) -> None:
    tally = own / "validator" / "cli" / "tally.py"
    times = tally.stat()
    tally.write_text(tally.read_text("utf-8").replace('f"checked {', 'f"Checked {'), "utf-8")
    os.utime(tally, ns=(times.st_atime_ns, times.st_mtime_ns - 10**9))
    assert check(own).startswith("Checked 1 request")


def test_times_may_lose_their_fractions_as_in_layers_of_an_image(own: Path) -> None:
    for path in own.rglob("*"):
        os.utime(path, (int(path.stat().st_mtime), int(path.stat().st_mtime)))
    assert program(own, KNOWS) == "_Loader True True"


@pytest.mark.parametrize("path", ["schemas/tools.json", "validator/rules/thinking.py"])
def test_what_is_prepared_is_not_used_after_a_source_was_edited(path: str, own: Path) -> None:
    reads = """
from validator.common import kept
kept.use()
from validator import rules
from validator.common.prepared import prepared
from validator.schema import gate
print(bool(prepared(rules.PREPARED, rules.FOLDERS)), bool(prepared(gate.PREPARED, gate.folders())))
"""
    assert program(own, reads) == "True True"
    with (own / path).open("a") as file:
        file.write("\n")
    check(own)
    assert program(own, reads) == ("False True" if path.endswith(".py") else "True False")


def test_a_module_that_has_gone_is_not_found(own: Path) -> None:
    (own / "validator" / "cli" / "tally.py").unlink()
    tries = "try: import validator.cli.tally\nexcept ImportError: print('not found')"
    assert program(own, f"{KNOWS}\n{tries}").endswith("not found")


@pytest.mark.parametrize("content", [b"", b"\0", b"nonsense", b"\xe3" + b"\0" * 40, b"[\0\0\0\0", b"(\3\0\0\0NNN"])
def test_a_file_that_cannot_be_read_is_written_again(content: bytes, own: Path) -> None:
    (place,) = places(own)
    place.write_bytes(content)
    assert check(own) == "checked 1 request in 1 file: no violations\n"
    assert program(own, KNOWS) == "_Loader True True"


def test_a_file_that_python_has_compiled_in_its_place_is_written_again(own: Path) -> None:
    (place,) = places(own)
    run(own, "-m", "compileall", "-q", "-f", "validator/_prepared")
    assert place.stat().st_size < 1000
    assert check(own) == "checked 1 request in 1 file: no violations\n"
    assert program(own, KNOWS) == "_Loader True True"


def test_a_file_of_another_python_is_not_used(own: Path) -> None:
    assert program(own, f"import sys\nsys.version += '+'\n{KNOWS}") == "SourceFileLoader False False"


def test_optimised_code_is_kept_by_itself(own: Path) -> None:
    assert program(own, KNOWS, "-O") == "SourceFileLoader False False"
    check(own, "-O")
    assert program(own, KNOWS, "-O") == "_Loader True True"
    assert len(places(own)) == 2
    assert program(own, f"{KNOWS}\nprint(linter.__doc__)", "-O", "-O").startswith("SourceFileLoader False False")


def test_nothing_is_written_where_python_writes_nothing(built: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(built, own, ignore=shutil.ignore_patterns("__pycache__"))
    check(own, PYTHONDONTWRITEBYTECODE="1")
    check(own, "-B")
    assert not list(own.rglob("__pycache__"))
    check(own, PYTHONPYCACHEPREFIX=str(tmp_path / "prefix"))
    assert not list(own.rglob("__pycache__"))
    assert len(places(tmp_path / "prefix")) == 1


def test_a_folder_that_cannot_be_written_is_no_error(own: Path) -> None:
    (place,) = places(own)
    shutil.rmtree(place.parent)
    place.parent.write_text("in its place")
    assert check(own) == "checked 1 request in 1 file: no violations\n"


@pytest.mark.parametrize("time", [315532800, 1580601600])
def test_nothing_is_kept_of_sources_whose_times_say_nothing(time: int, built: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(built, own, ignore=shutil.ignore_patterns("__pycache__"))
    for path in own.rglob("*"):
        os.utime(path, (time, time))
    assert check(own) == "checked 1 request in 1 file: no violations\n"
    assert not places(own)


def test_nobody_else_may_write_the_file_whatever_the_mask(own: Path) -> None:
    (place,) = places(own)
    place.unlink()
    run(own, "-c", f"import os; os.umask(0); {RUNS}", *CHECK)
    assert (
        place.stat().st_mode & 0o777 == Path(own, "validator", "_prepared", "start.py").stat().st_mode & 0o777 == 0o644
    )


@pytest.mark.parametrize("error", ["SyntaxError", "AttributeError", "MemoryError", "KeyboardInterrupt"])
def test_a_check_ends_as_it_would_if_nothing_can_be_kept(error: str, own: Path) -> None:
    (place,) = places(own)
    place.unlink()
    fails = f"from validator.common import kept\ndef _made(_): raise {error}\nkept._made = _made\n"
    assert run(own, "-c", fails + RUNS, *CHECK) == "checked 1 request in 1 file: no violations\n"
    assert not places(own)


def test_a_source_that_is_broken_meanwhile_does_not_matter(own: Path) -> None:
    (place,) = places(own)
    place.unlink()
    breaks = """
from validator.cli import streams
from validator.common import kept
keep = kept.keep
def broken():
    open(streams.__file__, "a").write("(")
    keep()
kept.keep = broken
"""
    assert run(own, "-c", breaks + RUNS, *CHECK) == "checked 1 request in 1 file: no violations\n"


def test_what_killed_processes_left_is_removed(own: Path) -> None:
    (place,) = places(own)
    place.write_bytes(b"")
    left = [place.with_name(f"{place.name}.{each}") for each in (1, 140234)]
    for each in left:
        each.write_bytes(b"half")
    check(own)
    assert places(own) == [place]
    assert program(own, KNOWS) == "_Loader True True"


def test_nothing_is_made_of_code_of_another_python(own: Path) -> None:
    (place,) = places(own)
    code = place.read_bytes()
    uses = """
import marshal
from validator.common import kept
def loads(_):
    raise SystemExit("loaded")
marshal.loads = loads
kept.use()
"""
    assert program(own, uses) == "loaded"
    place.write_bytes(code.replace(repr(sys.version).encode(), repr("3" + sys.version).encode()))
    assert not program(own, uses)


def test_the_finder_leaves_with_the_check(own: Path) -> None:
    twice = f"""
import sys
before = list(sys.meta_path)
for _ in range(2):
    try:
        {RUNS}
    except SystemExit:
        print(sys.meta_path == before)
"""
    assert run(own, "-c", twice, *CHECK).count("True") == 2


def test_two_copies_of_the_package_do_not_share_code(own: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(own, other)
    tally = other / "validator" / "cli" / "tally.py"
    times = tally.stat()
    tally.write_text(tally.read_text("utf-8").replace('f"checked {', 'f"Checked {'), "utf-8")
    os.utime(tally, ns=(times.st_atime_ns, times.st_mtime_ns))
    shutil.rmtree(tally.parent / "__pycache__")
    assert check(other).startswith("Checked 1 request")
    assert check(own).startswith("checked 1 request")


def test_a_package_in_a_zip_file_works(own: Path, tmp_path: Path) -> None:
    shutil.copytree(own / "schemas", own / "validator" / "_schemas")  # as in a wheel
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", own)
    hello = str(own / "hello.json")
    said = run(tmp_path, "-m", "validator", "check", "--isolated", hello, PYTHONPATH=archive)
    assert "checked 1 request" in said


def test_only_a_check_keeps_code(built: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(built, own, ignore=shutil.ignore_patterns("__pycache__"))
    run(own, "-m", "validator", "--version")
    run(own, "-m", "validator", "rules")
    run(own, "-c", "import validator; validator.validate({})")
    assert not places(own)
