"""Requests on an S3 server of our own, on the loopback interface, and what the engines need to read them."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scripts.engines.guide import block
from scripts.shared import ScriptError, run

BUCKET: Final = "logs"
START_SECONDS: Final = 120
_KEYS: Final = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ALLOW_HTTP": "true",
}
_UPLOAD: Final = """
import pathlib, sys, boto3
client = boto3.client("s3")
client.create_bucket(Bucket=sys.argv[1])
for path in sorted(pathlib.Path(sys.argv[2]).glob("requests/*.parquet")):
    client.upload_file(str(path), sys.argv[1], f"requests/{path.name}")
"""
_EXTENSION: Final = """
import importlib.util, pathlib, runpy, duckdb
folder = pathlib.Path(importlib.util.find_spec("duckdb_extension_httpfs").origin).parent
duckdb.install_extension(str(next(folder.rglob("httpfs.duckdb_extension"))))
runpy.run_path({program!r}, run_name="__main__")
"""


def program(engine: str) -> str:
    """Return the program of the guide for an engine that reads object storage."""
    if engine == "spark":
        return block("spark_s3.py")
    if engine == "duckdb":
        title = "check_duckdb.py"
        line = next(line for line in block(title).splitlines() if line.startswith("requests = "))
        return block(title, (line, block("duckdb_s3.py")))
    return block(f"check_{engine}.py", ('("requests', f'("s3://{BUCKET}/requests'))


def with_extension(program: str) -> str:
    """Return code that runs a program of DuckDB after installing its extension for S3 from a package.

    DuckDB itself would download it, which cannot be done offline.
    """
    return _EXTENSION.format(program=program)


@contextmanager
def serving(python: Path, material: Path, log: Path) -> Iterator[dict[str, str]]:
    """Run the server with the requests of a folder; yield the environment in which it is the one of S3.

    Raises:
        ScriptError: if it does not start, or does not take the requests.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {**_KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    command = [str(python.with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:  # noqa: S603 - ours
        try:
            _wait_for(environment["AWS_ENDPOINT_URL"])
            run([python, "-c", _UPLOAD, BUCKET, material], env=environment)
            yield environment
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - loopback
        except urllib.error.HTTPError:  # noqa: PERF203 - it answers
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "the S3 server did not start"
    raise ScriptError(message)
