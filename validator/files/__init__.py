"""Files: find them, recognise requests among them, read them and check them.

| module | what it does |
|---|---|
| `discovery` | lists the files that paths name, and those in folders |
| `recognition` | tells requests from other files by their content |
| `glance` | rejects YAML files that are certainly not requests without parsing them |
| `kinds` | names the kind of a file that is not a request |
| `reading` | reads a file, decompressing it if needed |
| `checking` | checks the documents of a text |
| `parquet` | reads the rows of a Parquet file |
| `parquet_pages` | reads what pyarrow does not tell of one |
| `tables` | checks the rows of a table |
| `writing` | replaces the content of a file |
"""

from __future__ import annotations

from ..report.file_result import FileResult, WorkerDiedError, shown_name
from .checking import check_file, check_stream, check_text

__all__ = ["FileResult", "WorkerDiedError", "check_file", "check_stream", "check_text", "shown_name"]
