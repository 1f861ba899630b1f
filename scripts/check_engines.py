"""Check that Spark, Ray, DuckDB, Polars and Daft find what the plain check finds, by the programs of the guide.

Makes environments of pinned packages below `build/engines`, which needs the network, and requests in a temporary
folder, some of them wrong on purpose. Then the programs of `docs/large-data.md` run, and all have to find the same
rows. An executor of Spark is killed, and an S3 server on the loopback interface is read. Prints what each run took.

Needs Linux, and Java 17 for Spark. Exits with 0 when all is as it should be, with 1 when not, and with 2 when it could
not be checked.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # as the scripts are run by their path

from scripts.engines import measure, object_storage  # noqa: E402
from scripts.engines.guide import block  # noqa: E402
from scripts.engines.material import OF_THE_DAY  # noqa: E402
from scripts.shared import ScriptError, run, say  # noqa: E402

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER: Final = ROOT / "build" / "engines"
SECONDS: Final = 900
"""The most that a run may take."""
S3_REQUESTS: Final = 10_000
LIMITS: Final = {"arrow": 1_000, "duckdb": 1_200, "polars": 1_200, "daft": 2_500, "ray": 4_000, "spark": 4_000}
"""The most memory that an engine may take, in MB, however many requests there are."""

_ARROW: Final = "pyarrow==25.0.1"
PACKAGES: Final = {
    "arrow": (_ARROW,),
    "duckdb": (_ARROW, "duckdb==1.5.5", "duckdb-extension-httpfs==1.5.5"),
    "polars": (_ARROW, "polars==2.1.0"),
    "daft": (_ARROW, "daft==0.7.26"),
    "ray": (_ARROW, "ray[data]==2.60.0"),
    "spark": (_ARROW, "pyspark==4.3.0", "pandas==3.1.1"),
}
"""The engines, each with what its environment has beside msglint."""
EXECUTOR: Final = (_ARROW, "venv-pack==0.2.0")
SERVER: Final = (_ARROW, "moto[server]==5.2.5")
WITHOUT_MSGLINT: Final = ("spark", "server")
"""Spark's executors have an environment of their own; the driver must not be where they find msglint."""
CLUSTER: Final = "local-cluster[2,1,1536]"

_PROBE: Final = """
def place(batches):
    import os
    import time

    import validator

    for batch in batches:
        time.sleep(1)
        yield pa.record_batch({"executor": [os.getcwd()], "file": [validator.__file__]})


for row in spark.range(0, 6, 1, 6).mapInArrow(place, "executor string, file string").distinct().collect():
    print("msglint of", row.executor, "is", row.file)
"""
"""Added to a program for Spark: where the executors have msglint."""


class Checker:
    """Runs the programs of the guide, and collects what they took and what is wrong."""

    def __init__(self, folder: Path, requests: int, engines: Sequence[str]) -> None:
        self.folder = folder
        self.work = folder / "run"
        """Where the programs run, below a folder that no `.gitignore` applies to."""
        self.requests = requests
        self.engines = engines
        self.runs: dict[str, measure.Run] = {}
        self.wrong: list[str] = []
        self._ready: set[str] = set()

    @cached_property
    def wheel(self) -> Path:
        """The wheel of the checkout."""
        folder = FOLDER / "dist"
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT])
        return next(folder.glob("*.whl"))

    def python(self, name: str, packages: Sequence[str]) -> Path:
        """Return the interpreter of an environment with some packages and, but for two, msglint from the wheel."""
        folder = FOLDER / "environments" / name
        python, marker = folder / "bin" / "python", folder / "packages.txt"
        if name in self._ready:
            return python
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        if not marker.exists() or marker.read_text("utf-8") != "\n".join(packages):
            run([sys.executable, "-m", "venv", "--clear", folder])
            of_msglint = () if name in WITHOUT_MSGLINT else (str(self.wheel),)
            run([*install, *packages, *of_msglint])
            marker.write_text("\n".join(packages), "utf-8")
        if name not in WITHOUT_MSGLINT:
            run([*install, "--force-reinstall", "--no-deps", str(self.wheel)])
        self._ready.add(name)
        return python

    def material(self, requests: int) -> Path:
        """Return the folder with some number of requests; make it if it is not there."""
        folder = self.folder / "material" / str(requests)
        if not (folder / "planted.json").exists():
            python = self.python("server", SERVER)
            run([python, "-m", "scripts.engines.material", folder, str(requests)], cwd=ROOT)
        return folder

    def check(self) -> None:
        """Run everything."""
        material = self.material(self.requests)
        plain = self.violations("arrow", "arrow", block("check_arrow.py"), material)
        self.compare_with_planted(plain, material)
        for engine in self.engines:
            if engine != "spark":
                found = self.violations(engine, engine, block(f"check_{engine}.py"), material)
                self.compare(engine, found, plain)
        if "spark" in self.engines:
            self.check_spark(plain, material)
        self.check_command(plain, material)
        self.check_reports(plain, material)
        self.check_object_storage()

    def check_command(self, plain: pa.Table, material: Path) -> None:
        """Compare with what the command reports of the same files.

        The command shows a broken row as a line of a file, and leaves out on which line of the row an object begins.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        from validator.arrow import SCHEMA

        self.prepare(material)
        self.launch("command", "arrow", _shell("command.sh"))
        report = json.loads((self.work / "violations.json").read_text("utf-8"))
        rows = pa.Table.from_pylist(report["violations"], schema=SCHEMA)
        messages = pc.replace_substring(plain["message"], " that begins on line 1", "")
        place = SCHEMA.get_field_index("message")
        self.compare("command", _in_order(rows), _in_order(plain.set_column(place, SCHEMA.field(place), messages)))
        if report["requests"] != self.requests:
            self.complain("command", f"checked {report['requests']} requests")

    def check_reports(self, plain: pa.Table, material: Path) -> None:
        """Count, make a table, and turn the rows into SARIF and a baseline."""
        code = block("count.py")
        self.compare("arrow, counted", self.violations("arrow, counted", "arrow", code, material), plain)
        if f"requests None {self.requests} {len(plain)}" not in self.runs["arrow, counted"].output.splitlines():
            self.complain("count.py", self.runs["arrow, counted"].output)
        folder = self.work
        (folder / "report.py").write_text(block("report.py"), "utf-8")
        self.launch("report", "duckdb", [str(self.python("duckdb", PACKAGES["duckdb"])), "report.py"])
        self.launch("report, by the command", "arrow", _shell("report.sh"))
        with (folder / "by_rule_and_model.csv").open(encoding="utf-8") as file:
            counted = sum(int(row["violations"]) for row in csv.DictReader(file))
        sarif = json.loads((folder / "violations.sarif").read_text("utf-8"))["runs"][0]["results"]
        if not counted == len(sarif) == len(plain):
            self.complain("report", f"{len(plain)} violations, {counted} by rule and model, {len(sarif)} in SARIF")
        self.launch("report, after the baseline", "arrow", ["msglint", "check", "flagged.parquet", "--id", "id"])

    def check_spark(self, plain: pa.Table, material: Path) -> None:
        """Run Spark over Parquet, and over JSON Lines with an executor that is killed."""
        self.pack()
        code = block("check_spark.py")
        reading = next(line for line in code.splitlines() if line.startswith("requests = "))
        of_json = block("check_spark.py", (reading, block("read_json.py").strip()))
        self.compare("spark", self.violations("spark", "spark", code, material), plain)
        name = "spark, JSON Lines, an executor killed"
        killer = Killer(self.work / "violations")
        self.compare(name, self.violations(name, "spark", of_json, material, watch=killer), plain)
        if killer.killed is None or "code 137" not in self.runs[name].output:
            self.complain(name, "no executor was lost")

    def check_places(self, output: str) -> None:
        """Check that two executors had msglint out of the archive."""
        lines = [line.split() for line in output.splitlines() if line.startswith("msglint of ")]
        places = {line[2]: line[4] for line in lines}
        for place in lines:
            sys.stdout.write(f"{' '.join(place)}\n")
        if len(places) != 2 or not all(file.startswith(f"{home}/environment/") for home, file in places.items()):  # noqa: PLR2004 - two executors
            self.complain("spark", f"two executors should have msglint from the archive, but: {places}")
        driver = self.python("spark", PACKAGES["spark"])
        if not subprocess.run([driver, "-c", "import validator"], check=False, capture_output=True, cwd="/").returncode:  # noqa: S603 - ours
            self.complain("spark", "the driver has msglint too, so that this shows nothing")

    def check_object_storage(self) -> None:
        """Let the engines read from an S3 server."""
        material = self.material(min(S3_REQUESTS, self.requests))
        plain = self.violations("arrow, before S3", "arrow", block("check_arrow.py"), material)
        with object_storage.serving(self.python("server", SERVER), material, self.folder / "server.log") as environment:
            for engine in ("arrow", *self.engines):
                name = f"{engine}, S3"
                code = object_storage.program(engine)
                if engine == "spark":
                    code += block(
                        "spark_count.py", ("requests.mapInArrow", "spark.read.parquet('requests').mapInArrow")
                    )
                    code += _PROBE
                self.compare(name, self.violations(name, engine, code, material, environment=environment), plain)
        if "spark" in self.engines:
            output = self.runs["spark, S3"].output
            self.check_places(output)
            counted = [line.split("|")[1:5] for line in output.splitlines() if line.startswith("|requests")]
            if [[int(each) for each in row[2:]] for row in counted] != [[min(S3_REQUESTS, self.requests), len(plain)]]:
                self.complain("spark_count.py", f"counted {counted}")

    def violations(
        self,
        name: str,
        engine: str,
        code: str,
        material: Path,
        *,
        watch: Callable[[set[int]], object] = lambda _: None,
        environment: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """Run a program with an engine, and return the rows that it writes, in order."""
        self.prepare(material)
        program = self.work / f"check_{engine}.py"
        program.write_text(code, "utf-8")
        python = self.python(engine, PACKAGES[engine])
        surroundings = dict(environment or {})
        if engine == "spark":
            surroundings["PYSPARK_DRIVER_PYTHON"] = str(python)
            command = _shell("submit.sh", ("spark-submit", f"spark-submit {_SPARK}"))
        elif engine == "duckdb":
            command = [str(python), "-c", object_storage.with_extension(program.name)]
        else:
            command = [str(python), program.name]
        self.launch(name, engine, command, surroundings, watch=watch)
        for unpacked in python.parent.parent.glob("lib/*/site-packages/pyspark/work"):
            shutil.rmtree(unpacked)
        return _rows(self.work)

    def prepare(self, material: Path) -> None:
        """Put some requests into the folder where the programs run, and remove what the last one has written."""
        folder = self.work
        folder.mkdir(exist_ok=True)
        for written in ("violations", "violations.parquet", "violations.json", "msglint-baseline.json"):
            path = folder / written
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for data in ("requests", "lines"):
            (folder / data).unlink(missing_ok=True)
            (folder / data).symlink_to(material / data)

    def launch(
        self,
        name: str,
        engine: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        watch: Callable[[set[int]], object] = lambda _: None,
    ) -> None:
        """Run a command in the environment of an engine."""
        programs = self.python(engine, PACKAGES[engine]).parent
        surroundings = {**_environment(self.folder), "PATH": f"{programs}:{os.environ['PATH']}", **(environment or {})}
        log = self.folder / f"{name.replace(', ', '-').replace(' ', '-')}.log"
        took = measure.run(command, folder=self.work, environment=surroundings, log=log, timeout=SECONDS, watch=watch)
        self.runs[name] = took
        memory = " and ".join(f"{half:,.0f}" for half in took.halves)
        say(f"{name}: {took.seconds:.0f} s, {took.cpu:.1f} s of CPU; at most {memory} MB in its halves")
        if took.code and not (engine == "daft" and _FINALIZING in took.output):
            self.complain(name, f"ended with {took.code}: {took.output[-3_000:]}")
        if took.memory > LIMITS[engine]:
            self.complain(name, f"took {took.memory:,.0f} MB, more than {LIMITS[engine]:,}")

    def pack(self) -> None:
        """Pack the environment of the executors, as the guide does, with msglint from the wheel."""
        self.python("executor", EXECUTOR)
        folder = self.folder / "pack"
        folder.mkdir(exist_ok=True)
        (folder / "environment").unlink(missing_ok=True)
        (folder / "environment").symlink_to(FOLDER / "environments" / "executor")
        pack = block("pack.sh").splitlines()[-1]
        run(["bash", "-euc", f"{pack} --force --quiet"], cwd=folder)
        self.work.mkdir(exist_ok=True)
        shutil.move(folder / "environment.tar.gz", self.work / "environment.tar.gz")

    def compare_with_planted(self, found: pa.Table, material: Path) -> None:
        """Compare rows with what was planted; rules that depend on the day do not count."""
        planted = Counter(map(tuple, json.loads((material / "planted.json").read_text("utf-8"))))
        rows = Counter((row["id"], row["rule"]) for row in found.to_pylist() if row["rule"] not in OF_THE_DAY)
        sys.stdout.write(f"planted: {planted.total():,}; found: {rows.total():,}\n")
        if rows != planted:
            self.complain("arrow", f"not found: {list(planted - rows)[:5]}; not planted: {list(rows - planted)[:5]}")

    def compare(self, name: str, found: pa.Table, plain: pa.Table) -> None:
        """Compare the rows of an engine with those of the plain check."""
        if found != plain:
            rows, expected = (Counter(tuple(row.values()) for row in each.to_pylist()) for each in (found, plain))
            missing, other = (list(each)[:3] for each in (expected - rows, rows - expected))
            self.complain(name, f"{len(found)} rows, not {len(plain)}; missing: {missing}; others: {other}")

    def complain(self, name: str, what: str) -> None:
        """Add something that is wrong."""
        self.wrong.append(f"{name}: {what}")
        sys.stdout.write(f"WRONG: {name}: {what}\n")

    def table(self) -> Iterator[str]:
        """Yield the lines of a table of what the runs took."""
        yield f"| {self.requests:,} requests | seconds | CPU seconds | times the plain check's CPU | memory, MB |"
        yield "|---|--:|--:|--:|--:|"
        plain = self.runs["arrow"].cpu
        for name, took in self.runs.items():
            if "S3" not in name and not name.startswith("report"):
                yield f"| {name} | {took.seconds:.0f} | {took.cpu:.0f} | {took.cpu / plain:.2f} | {took.memory:,.0f} |"


class Killer:
    """Kills an executor of Spark as soon as the output of a task is committed."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self.killed: int | None = None

    def __call__(self, processes: set[int]) -> None:
        """Look at the processes of a run."""
        if self.killed is None and any(self._output.glob("_temporary/0/task_*")):
            executors = [pid for pid in sorted(processes) if _EXECUTOR in measure.command_of(pid)]
            if executors:
                self.killed = executors[0]
                os.kill(self.killed, signal.SIGKILL)


_FINALIZING: Final = "Python runtime state: finalizing"
"""Daft 0.7.26 sometimes aborts while Python ends, after everything is written; the rows are compared all the same."""
_EXECUTOR: Final = "CoarseGrainedExecutorBackend"
_SPARK: Final = f"--master '{CLUSTER}' --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1"


class _Choice(NamedTuple):
    folder: Path | None
    requests: int
    engines: list[str]


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of the checkout is found, and no engine reports its use.

    Ray gives its workers a low priority otherwise, so that on a busy machine they would hardly run.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SPARK_", "AWS_"))}
    return {
        **kept,
        "HOME": str(folder / "home"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "spark"),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_worker_niceness": "0",
        "DO_NOT_TRACK": "1",
        "DAFT_ANALYTICS_ENABLED": "0",
        "MSGLINT_RAISE": "1",
    }


def _rows(folder: Path) -> pa.Table:
    """Return the violations that a program has written."""
    import pyarrow.dataset as ds

    places = [place for name in ("violations.parquet", "violations") if (place := folder / name).exists()]
    return _in_order(ds.dataset(places[0], format="parquet").to_table() if places else None)


def _in_order(table: Any) -> pa.Table:
    """Return rows sorted, with the columns of `SCHEMA`; none for None."""
    from validator.arrow import SCHEMA

    if table is None:
        return SCHEMA.empty_table()
    return table.cast(SCHEMA).sort_by([(name, "ascending") for name in SCHEMA.names]).combine_chunks()


def _shell(title: str, *instead: tuple[str, str]) -> list[str]:
    return ["bash", "-euc", block(title, *instead)]


def _choice(arguments: Sequence[str] | None) -> _Choice:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    engines = [name for name in PACKAGES if name != "arrow"]
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=f"one of {', '.join(engines)}; all without one")
    parser.add_argument("--requests", type=int, default=100_000, metavar="N", help="how many requests are checked")
    parser.add_argument("--folder", type=Path, metavar="F", help="keep requests and logs there, outside the checkout")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.engines) - set(engines)):
        parser.error(f"no such engine: {', '.join(unknown)}")
    return _Choice(options.folder and options.folder.resolve(), options.requests, options.engines or engines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the engines; return the exit code."""
    choice = _choice(arguments)
    if "spark" in choice.engines and shutil.which("java") is None:
        sys.stderr.write("check_engines: Spark needs Java 17, and there is no java\n")
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = choice.folder or Path(name)
        (folder / "home").mkdir(parents=True, exist_ok=True)
        checker = Checker(folder, choice.requests, choice.engines)
        try:
            checker.check()
        except ScriptError as error:
            sys.stderr.write(f"check_engines: {error}\n")
            return 2
    sys.stdout.write("\n".join(["", *checker.table(), ""]) + "\n")
    sys.stdout.write("all of them agree\n" if not checker.wrong else "\n".join([*checker.wrong, ""]))
    return bool(checker.wrong)


if __name__ == "__main__":
    sys.exit(main())
