"""Check the requests in a column of Arrow data: for Spark, Ray Data, DuckDB, Polars, and the like.

```python
import pyarrow.parquet as pq
from validator.arrow import check_batch

for batch in pq.ParquetFile("requests.parquet").iter_batches(1_000):
    print(check_batch(batch, body="body", id="id"))
```

The functions are pure and keep nothing of a batch; a process makes one linter for each choice of options.
"""

from __future__ import annotations

try:
    import pyarrow  # noqa: ICN001, F401 - only asked for
except ImportError as error:
    _message = "validator.arrow needs pyarrow: pip install 'msglint[arrow]'"
    raise ImportError(_message, name="pyarrow") from error

from .bodies import ColumnError
from .checking import check_and_summarise, check_batch, summarise
from .results import DDL, SCHEMA, SUMMARY, SUMMARY_DDL, total

__all__ = [
    "DDL",
    "SCHEMA",
    "SUMMARY",
    "SUMMARY_DDL",
    "ColumnError",
    "check_and_summarise",
    "check_batch",
    "summarise",
    "total",
]
