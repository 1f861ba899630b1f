"""Facts about the tools of a request; those that take long to find out are kept by the JSON of each schema."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from ...common.lazy_regex import regex
from ...common.records import NamedTuple
from ...engine.vocabulary import tag_of
from ...inspect.instances import BEYOND, compiled
from ...inspect.json_schemas import is_schema
from ...inspect.plain_schemas import are_usual, fits, is_plain
from ...inspect.slips import slips

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from ...engine.index import Index
    from ...engine.setup import Answer, SetupView
    from ...schema.gate import Verdict

ROOT_UNIONS: Final = ("oneOf", "allOf", "anyOf")
PROPERTY_NAME: Final = regex(r"[a-zA-Z0-9_.-]{1,64}")

_CUSTOM: Final = "custom"
_TOOLS: Final = "tools"
_MOST_KEPT: Final = 512
"""Schemas whose faults and verdicts are kept."""
_LONGEST_KEPT: Final = 64 * 1024
"""Bytes of the longest of them, and of the longest tools."""
_MOST_TOOLS: Final = 32
_COMPILED_AFTER: Final = 16
"""After how many requests with some tools it pays to compile their schemas."""
_LATEST: Final[dict[int, tuple[bytes, Toolbox]]] = {}
"""The tools that were analysed last, as JSON, by the length of that."""


class Verdicts(dict[str, "Verdict"]):
    """Functions that decide whether the input of a call fits, by tool name; a schema is compiled on first use."""

    def __init__(self, known: Toolbox) -> None:
        """Take the tools."""
        super().__init__()
        self._known = known

    def __missing__(self, name: str) -> Verdict:
        """Compile the schema of a tool; anything fits a tool without one, or one that is beyond the engine."""
        index = self._known.own.get(name)
        if index is None:
            return _anything_fits
        verdict = self[name] = _verdict_under(self._tools[index]["input_schema"])
        return verdict

    @cached_property
    def _tools(self) -> list[Any]:
        tools: list[Any] = orjson.loads(self._known.text)
        return tools


class Toolbox(NamedTuple):
    """The tools of a request. Shares nothing with the request, which may change."""

    text: bytes
    """Their JSON."""
    is_plain: bool
    """Whether no rule has anything to report on the tools' names, descriptions and schemas."""
    names: AbstractSet[str]
    """The names of all tools."""
    own: dict[str, int]
    """The indices of the custom tools with a schema and a unique name, by that."""
    simple: AbstractSet[str]
    """Those of them whose schema is plain."""


def toolbox(body: dict[str, Any]) -> Toolbox | None:
    """Analyse the tools of a request; None if they are not JSON. Call it through `index.cached`."""
    value = body.get(_TOOLS)
    try:
        text = orjson.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return None
    # Many requests have the same tools and other settings. Texts that differ are told apart sooner than hashed.
    latest = _LATEST.get(len(text))
    if latest is not None and latest[0] == text:
        return latest[1]
    made = _analysed(value, text)
    if len(text) <= _LONGEST_KEPT:
        if len(_LATEST) >= _MOST_TOOLS:
            _LATEST.clear()
        _LATEST[len(text)] = text, made
    return made


def _analysed(value: Any, text: bytes) -> Toolbox:
    return _usual(value, text) or _unusual(value if isinstance(value, (list, tuple)) else (), text)


def _usual(tools: Any, text: bytes) -> Toolbox | None:
    """Analyse tools that are all custom ones with different names and plain schemas; None for others."""
    if not are_usual(tools, text):
        return None
    own = {tool["name"]: index for index, tool in enumerate(tools)}
    return Toolbox(text, True, own.keys(), own, own.keys()) if len(own) == len(tools) else None  # noqa: FBT003 - faster


def _unusual(tools: Sequence[Any], text: bytes) -> Toolbox:
    names: list[str] = []
    own: dict[str, int] = {}
    simple: list[str] = []
    are_sound = True
    for index, tool in enumerate(tools):
        if not isinstance(tool, dict):
            continue
        name = tool.get("name")
        if isinstance(name, str):
            names.append(name)
        if tag_of(tool) not in {"", _CUSTOM}:
            continue
        schema = tool.get("input_schema")
        are_sound = are_sound and not is_undescribed(tool)
        if isinstance(schema, dict):
            is_simple = is_plain(schema)
            are_sound = are_sound and not _has_faults(tool, is_simple=is_simple)
            if isinstance(name, str):
                own[name] = index
                if is_simple:
                    simple.append(name)
    distinct = frozenset(names)
    if len(distinct) != len(names):
        are_sound = False
        twice = {name for name, times in Counter(names).items() if times > 1}
        own = {name: index for name, index in own.items() if name not in twice}
        simple = [name for name in simple if name not in twice]
    return Toolbox(text, are_sound, distinct, own, frozenset(simple))


def offers_plain_tools(view: SetupView) -> bool:
    """Whether rules that look at the tools alone have nothing to report."""
    known = view.cached(toolbox)
    return known is not None and known.is_plain


def calls_fit(index: Index) -> bool:
    """Whether the input of every call is valid under the schema of its tool."""
    try:
        if index.setup.times_seen < _COMPILED_AFTER:
            return _calls_fit_unseen(index)
        verdicts = index.cached(_verdicts)
        if verdicts is not None:
            for call in index.calls:
                if not verdicts[call["name"]](call["input"]):
                    return False
    except (*BEYOND, KeyError, TypeError):
        return False
    return verdicts is not None


def _calls_fit_unseen(index: Index) -> bool:
    """The same for tools whose schemas are compiled only if they are not simple ones."""
    known, tools = index.cached(toolbox), index.rest.get(_TOOLS, ())
    if known is None:
        return False
    own, simple = known.own, known.simple
    verdicts: dict[str, Verdict] = {}  # a large one is not kept elsewhere
    for call in index.calls:
        name = call["name"]
        if name in own:
            schema = tools[own[name]]["input_schema"]
            fit = fits(schema, call["input"]) if name in simple else None
            if fit is None:
                if name not in verdicts:
                    verdicts[name] = _verdict_under(schema)
                fit = verdicts[name](call["input"])
            if not fit:
                return False
    return True


def _verdicts(body: dict[str, Any]) -> Verdicts | None:
    known = toolbox(body)
    return None if known is None else Verdicts(known)


def calls_are_known(index: Index) -> bool:
    """Whether every call names a tool of the request; also True if it has no tools."""
    known = index.cached(toolbox)
    if known is None or not known.names:
        return known is not None
    names = known.names
    try:
        for call in index.calls:
            if call["name"] not in names:
                return False
    except (KeyError, TypeError):
        return False
    return True


def is_custom(tool: Any) -> bool:
    """Whether a tool has a schema, as custom tools do."""
    return isinstance(tool, dict) and isinstance(tool.get("input_schema"), dict)


def is_undescribed(tool: Any) -> bool:
    """Whether a tool has no description."""
    return isinstance(tool, dict) and not tool.get("description")


def has_invalid_schema(tool: Any) -> bool:
    """Whether the schema of a tool is not valid under draft 2020-12."""
    return is_custom(tool) and not is_schema(tool["input_schema"])


def has_root_union(tool: Any) -> bool:
    """Whether the schema of a tool is a union at its root."""
    return is_custom(tool) and any(key in tool["input_schema"] for key in ROOT_UNIONS)


def has_odd_property(tool: Any) -> bool:
    """Whether a parameter of a tool has a name that the API refuses."""
    properties = tool["input_schema"].get("properties") if is_custom(tool) else None
    return isinstance(properties, dict) and not all(map(PROPERTY_NAME.fullmatch, properties))


def has_slip(tool: Any) -> bool:
    """Whether the schema of a tool has a keyword that is probably a typo."""
    return is_custom(tool) and any(True for _ in slips(tool["input_schema"]))


def _has_faults(tool: dict[str, Any], *, is_simple: bool) -> bool:
    """Whether a rule has something to report on the schema of a tool; inside of a simple one there is no fault."""
    if has_odd_property(tool):
        return True
    return not is_simple and (has_root_union(tool) or _kept(_has_faults_inside, tool["input_schema"]))


def _has_faults_inside(text: bytes) -> bool:
    tool = {"input_schema": orjson.loads(text)}
    return has_invalid_schema(tool) or has_slip(tool)


def _verdict_under(schema: Any) -> Verdict:
    return _kept(_compiled, schema)


def _compiled(text: bytes) -> Verdict:
    shape = compiled(orjson.loads(text), "")
    return _anything_fits if shape is None else shape.verdict


def _kept(find: Callable[[bytes], Answer], schema: Any) -> Answer:
    """Return what is found out about a schema, kept by its JSON: many tools come with other requests again."""
    text = orjson.dumps(schema)
    return _KEPT[find](text) if len(text) <= _LONGEST_KEPT else find(text)


def _anything_fits(value: Any) -> bool:
    return True


_KEPT: Final[dict[Any, Any]] = {find: lru_cache(maxsize=_MOST_KEPT)(find) for find in (_has_faults_inside, _compiled)}
