"""Files: which ones are checked, and how one is read and checked without keeping others from it.

| module | what it does |
|---|---|
| `discovery`, `gitignore` | list the files that paths name |
| `recognition` | tells requests from other files by their content |
| `glance` | tells the same of YAML without reading it, where that is certain |
| `kinds` | says what a file is that is not a request |
| `reading` | reads a file, unpacked where it is compressed |
| `checking` | checks the documents of a text |
| `pool` | has processes do work side by side |
"""

from __future__ import annotations

from ..report.file_result import FileResult, WorkerDiedError, shown_name
from .checking import check_file, check_stream, check_text

__all__ = ["FileResult", "WorkerDiedError", "check_file", "check_stream", "check_text", "shown_name"]
