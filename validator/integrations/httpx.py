"""Transports for clients of `httpx`.

```python
client = Anthropic(http_client=DefaultHttpxClient(transport=GuardTransport()))
```
"""

from __future__ import annotations

import httpx

from .transports import AsyncTransport, SyncTransport


class GuardTransport(SyncTransport, httpx.BaseTransport):
    """A transport that checks calls of the Messages API; `GuardTransport(inner, mode="warn")`."""

    library = httpx


class AsyncGuardTransport(AsyncTransport, httpx.AsyncBaseTransport):
    """The same for `httpx.AsyncClient`."""

    library = httpx


__all__ = ["AsyncGuardTransport", "GuardTransport"]
