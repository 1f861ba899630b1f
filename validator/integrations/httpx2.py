"""Transports for clients of `httpx2`.

```python
client = Anthropic(http_client=DefaultHttpxClient(transport=GuardTransport()))
```
"""

from __future__ import annotations

import httpx2

from .transports import AsyncTransport, SyncTransport


class GuardTransport(SyncTransport, httpx2.BaseTransport):
    """A transport that checks calls of the Messages API; `GuardTransport(inner, mode="warn")`."""

    library = httpx2


class AsyncGuardTransport(AsyncTransport, httpx2.AsyncBaseTransport):
    """The same for `httpx2.AsyncClient`."""

    library = httpx2


__all__ = ["AsyncGuardTransport", "GuardTransport"]
