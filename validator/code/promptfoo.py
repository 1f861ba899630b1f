"""Configurations of promptfoo: the parameters that its providers send to the Messages API."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..documents.written import Property, Sent, Written
from ..facts import model_named
from ..facts.api import OWN_PLATFORM
from ..schema.store import SHAPES, files
from .call import Call, Source
from .holders import LISTS_OF_PROVIDERS
from .trees import written_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..common.pointer import Path
    from ..documents import Document

_PROVIDER: Final = "anthropic:"
_MESSAGES: Final = "anthropic:messages"
_NOT_SENT: Final = frozenset({"messages", "metadata", "betas"})
"""Properties of a request that a provider does not take from its `config`."""
_MERGED: Final = "extra_body"
"""The key of `config` whose properties are merged into the body."""


def read(document: Document) -> Source:
    """Return a call for each provider of Anthropic's; graders and other vendors' providers are left out."""
    found = (
        _call(document, *each) for name in LISTS_OF_PROVIDERS for each in _providers(document.value.get(name), (name,))
    )
    return Source([call for call in found if call is not None])


def _providers(value: Any, path: Path) -> Iterator[tuple[Path, Path | None, str, Path | None]]:
    """Yield each provider: its path, that of its id, if that is a value, its id, and the path of its `config`."""
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        place = (*path, index) if isinstance(value, list) else path
        if isinstance(item, str):
            yield place, place, item, None
        elif isinstance(item, dict) and isinstance(item.get("id"), str):
            yield place, (*place, "id"), item["id"], (*place, "config") if _has_config(item) else None
        elif isinstance(item, dict):
            for name, options in item.items():
                has_config = _has_config(options)
                yield (*place, name), None, name, (*place, name, "config") if has_config else None


def _has_config(options: Any) -> bool:
    return isinstance(options, dict) and isinstance(options.get("config"), dict)


def _call(document: Document, path: Path, of_id: Path | None, name: str, config: Path | None) -> Call | None:
    model = _model(name)
    if model is None:
        return None
    span = document.locate([path])[path]
    properties: dict[str, Property] = {}
    if model:
        place = _place_of_id(document, path, of_id)
        start = document.data.find(model.encode(), *place)
        place = place if start < 0 else (start, start + len(model.encode()))
        is_template = _stands_for_another(model)
        value = Written(*place, None if is_template else model, is_editable=False)
        value.unknown = "any" if is_template else None
        properties["model"] = Property(place, value)
    if config is not None:
        parameters = written_at(document, config, _stands_for_another).properties or {}
        merged = parameters.pop(_MERGED, None)
        more = merged.value.properties or {} if merged is not None else {}
        properties |= {key: value for key, value in (parameters | more).items() if key in _parameters()}
    body = Written(span.start, span.end, properties=properties, is_open=True, is_editable=False)
    return Call(span.start, span.end, body, Sent("messages", OWN_PLATFORM))


def _model(name: str) -> str | None:
    """Return the model that the id of a provider names, or an empty text for none; None for other providers."""
    if name == _MESSAGES:
        return ""
    if name.startswith(f"{_MESSAGES}:"):
        return name[len(_MESSAGES) + 1 :]
    model = name.removeprefix(_PROVIDER)
    return model if model != name and model_named(model) is not None else None


def _place_of_id(document: Document, path: Path, of_id: Path | None) -> tuple[int, int]:
    if of_id is not None:
        span = document.locate([of_id])[of_id]
        return span.start, span.end
    span = document.locate([path])[path]
    return span.key or (span.start, span.end)


def _stands_for_another(text: str) -> bool:
    """Whether a text is replaced before the request is sent: by a file, or by a template's value."""
    return text.startswith("file://") or "{{" in text or "{%" in text


@lru_cache(maxsize=1)
def _parameters() -> frozenset[str]:
    return frozenset(files()[SHAPES["messages"]]["properties"]) - _NOT_SENT
