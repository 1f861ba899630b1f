"""Recordings of HTTP calls: vcrpy, go-vcr, VCR of Ruby, nock, HAR, and single exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..documents.written import Sent, Written, moved
from .call import Call, Source
from .holders import LISTS_OF_CALLS, OF_NOCK
from .http import endpoint_of_url, sent_to
from .json_text import value_of
from .trees import text_at, written_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..common.pointer import Path
    from ..documents import Document
    from ..places.locate import Span

_POST: Final = "post"
_BODIES: Final = (("body",), ("body", "string"), ("parsed_body",), ("postData", "text"))
"""Where the recorders put the body of a request."""


def read(document: Document, *, is_checked: bool) -> Source:
    """Return a call for each recorded request to the Messages API; unless `is_checked`, they are only to be counted."""
    found = [
        (path, endpoint, headers, _place_of_body(document.value, path) if is_checked else None)
        for path, address, method, headers in _requests(document.value)
        if (endpoint := endpoint_of_url(address)) is not None and method.lower() == _POST
    ]
    bodies = {place for *_, place in found if place is not None}
    spans = document.locate([*(path for path, *_ in found), *bodies])
    calls = []
    for path, endpoint, headers, place in found:
        span = spans[path]
        body = None if place is None else _body(document, place, spans[place])
        if body is None:
            body = Written(span.start, span.end, unknown="any", is_editable=False)
        calls.append(Call(span.start, span.end, body, _sent(endpoint, headers), is_refused_on_purpose=not is_checked))
    return Source(calls)


def _requests(value: Any) -> Iterator[tuple[Path, str, str, Any]]:
    """Yield the path, the URL, the method and the headers of each recorded request."""
    for path, exchange in _exchanges(value):
        if exchange.keys() >= OF_NOCK:
            scope, place = exchange["scope"], exchange["path"]
            address = f"{scope}{place}" if isinstance(scope, str) and isinstance(place, str) else ""
            yield path, address, _text(exchange.get("method"), _POST), exchange.get("reqheaders")
            continue
        request = exchange.get("request")
        if isinstance(request, dict):
            address = _text(request.get("uri"), "") or _text(request.get("url"), "")
            yield (*path, "request"), address, _text(request.get("method"), _POST), request.get("headers")


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def _exchanges(value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, list):
        found: list[tuple[Path, Any]] = [((index,), item) for index, item in enumerate(value)]
    else:
        name = next((name for name in LISTS_OF_CALLS if isinstance(value.get(name), list)), None)
        log = value.get("log")
        if name is not None:
            found = [((name, index), item) for index, item in enumerate(value[name])]
        elif isinstance(log, dict) and isinstance(log.get("entries"), list):
            found = [(("log", "entries", index), item) for index, item in enumerate(log["entries"])]
        else:
            found = [((), value)]
    yield from ((path, item) for path, item in found if isinstance(item, dict))


def _place_of_body(value: Any, path: Path) -> Path | None:
    """Return the path of the body of the request at a path; None if it is not recorded."""
    request = _at(value, path)
    for steps in _BODIES:
        body: Any = request
        for step in steps:
            body = body.get(step) if isinstance(body, dict) else None
        if (isinstance(body, str) and body) or (isinstance(body, dict) and "string" not in body):
            return (*path, *steps)
    return None


def _body(document: Document, path: Path, span: Span) -> Written | None:
    """Read a body that is recorded as a text or an object; None if it is not JSON.

    Its places are those of the file where a text can be followed through its quoting, or else that of the whole text.
    """
    value = _at(document.value, path)
    if not isinstance(value, str):
        return written_at(document, path)
    mapped = text_at(document, value, span)
    if mapped is not None:
        body = value_of(mapped.data)
        return None if body is None else moved(body, mapped.start_of, mapped.end_of, lambda _start, _end: False)
    try:
        body = value_of(value.encode())
    except UnicodeEncodeError:
        return None
    return None if body is None else moved(body, lambda _: span.start, lambda _: span.end, lambda _start, _end: False)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _sent(endpoint: str, headers: Any) -> Sent:
    """Return how a request was sent; headers may have been left out, so a beta that is not there may have been sent."""
    told = sent_to(endpoint, _pairs(headers), are_all_known=True)
    return Sent(told.endpoint, told.platform, told.betas or None, told.api_version, is_run=False)


def _pairs(headers: Any) -> Iterator[tuple[str, str | None]]:
    """Yield the names and values of headers: an object of texts or lists of texts, or a list of objects, as in HAR."""
    if isinstance(headers, dict):
        for name, values in headers.items():
            for value in values if isinstance(values, list) else [values]:
                yield str(name), value if isinstance(value, str) else None
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, dict) and isinstance(header.get("name"), str):
            value = header.get("value")
            yield header["name"], value if isinstance(value, str) else None
