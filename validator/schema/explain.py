"""The explainer: finds which keyword of which schema refuses which value, one problem for one mistake.

It descends only where the gate refuses. At every reference to a definition it asks the gate's engine about that one
value, and skips it if it is accepted, so the work grows with the mistakes and not with the request. In a union it
follows the member that the `discriminator` names, or else the one branch of the value's JSON type.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.rust_regex import matches
from ..common.unknown import NotKnownError, PartialArray, PartialObject, is_partial, is_unknown, shown_value
from ..common.wording import json_type, nearest
from .formats import FORMATS
from .gate import INT64_MAX, INT64_MIN, Gate, gate_for
from .projection import WITHHELD, Schema, View
from .store import definition_named, tags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..common.pointer import Path

Answer = TypeVar("Answer")

_ABSENT: Final = object()
_FEW: Final = 20
"""How many names of an object are looked at for what may be misspelt."""
_MOST_BRANCHES: Final = 4096
_VERSION: Final = regex(r"_\d{8}\Z")
_BOUNDS_OF_TEXT: Final = frozenset({"const", "enum", "minLength", "maxLength", "pattern", "format", "anyOf", "$ref"})
_ALL_TYPES: Final = frozenset({"null", "boolean", "string", "integer", "number", "object", "array"})

DISCRIMINATOR: Final = "discriminator"
INTEGER_RANGE: Final = "integer-range"
MISSING_BETA: Final = "betas"
UNEXPLAINED: Final = "unexplained"


class Owner(NamedTuple):
    """The object type that a value belongs to: a definition of the schema, or the request itself."""

    name: str
    """The definition's name; empty for the request."""
    tag: str | None
    """The `type` of a member of a union; None for other definitions."""
    schema: Schema


class Union(NamedTuple):
    """A union of object types, discriminated by a property, nearly always `type`."""

    name: str
    property: str
    members: dict[str, str]
    """The definition's name by tag."""
    aliases: dict[str, str]
    """Tag by the names that other vendors and older APIs have for it."""
    schemas: dict[str, Schema]
    """The schema of the member by tag."""
    default: str | None
    """The definition for an object without a tag."""

    def fitting(self, value: dict[str, Any]) -> list[str]:
        """Return the tags with which an untagged object would be complete; of several versions only the newest."""
        return self._newest(
            tag for tag in self.likely(value) if set(self.schemas[tag]["required"]) - {self.property} <= value.keys()
        )

    def likely(self, value: dict[str, Any]) -> list[str]:
        """Return the tags of members that allow every property of an untagged object; none if it has no property."""
        if not value.keys() - {self.property}:
            return []
        return self._newest(tag for tag, schema in self.schemas.items() if self._knows(schema, value))

    def misnamed_tag(self, value: dict[str, Any]) -> str | None:
        """Return the tag that an untagged object has under a misspelt name."""
        for key in islice(value, _FEW):
            tag = value[key]
            if isinstance(tag, str) and tag in self.members and nearest(key, (self.property,)) is not None:
                return tag
        return None

    def _knows(self, schema: Schema, value: dict[str, Any]) -> bool:
        """Whether a member allows all properties of an object, and no `const` of it differs."""
        properties: dict[str, Schema] = schema["properties"]
        return value.keys() <= properties.keys() and all(
            key == self.property or item == properties[key].get("const", item) for key, item in value.items()
        )

    @staticmethod
    def _newest(tags: Iterable[str]) -> list[str]:
        newest: dict[str, str] = {}
        for tag in tags:
            kind = _VERSION.sub("", tag)
            newest[kind] = max(tag, newest.get(kind, ""))
        return list(newest.values())


class Branches(NamedTuple):
    """What a schema with `anyOf` is made of."""

    schema: Schema
    by_kind: dict[str, Schema]
    """The first branch that can accept each JSON type."""
    types: frozenset[str]
    """The JSON types that any of them can accept."""
    item_tags: tuple[Any, ...]
    """The `type` of the objects of which a branch takes an array."""
    union: Union | None
    """The union of object types that it is, if it has a discriminator."""


class Problem(NamedTuple):
    """A value that a keyword of its schema refuses."""

    keyword: str
    """The JSON Schema keyword; or `discriminator`, `integer-range`, `betas`, or `unexplained` if the engines differ."""
    path: Path
    """To the value; for a missing property to the object that lacks it."""
    value: Any
    """The refused value; for a missing or unknown property the object that lacks or has it."""
    limit: Any
    """The value of the keyword: a number, a list of values, the set of allowed types."""
    schema: Schema
    """The schema with the keyword."""
    owner: Owner
    name: str
    """The property that is missing or unknown."""
    union: Union | None
    """The tagged union of which the value is not a member."""
    root: Any
    """The whole document."""
    explainer: Explainer
    answers: dict[Callable[[Problem], Any], Any]
    """What its wording and its fix have both asked; see `cached`."""

    def cached(self, find: Callable[[Problem], Answer]) -> Answer:
        """Return `find(problem)`, which is called once for each problem: for answers that its wording and fix need."""
        if find not in self.answers:
            self.answers[find] = find(self)
        answer: Answer = self.answers[find]
        return answer

    def fits(self, schema: Schema, value: Any) -> bool:
        """Whether another schema of the same document accepts a value."""
        return self.explainer.fits(schema, value)

    def faults(self, schema: Schema, value: Any, path: Path) -> list[Problem]:
        """Return the problems that another value would have at a path, by another schema of the same document."""
        return self.explainer.faults(schema, value, path, self.root)

    def resolve(self, schema: Schema) -> Schema:
        """Follow a reference to its definition."""
        return self.explainer.resolved(schema)

    @property
    def allowed_values(self) -> list[Any]:
        """The values that the schema lists in `const` or `enum`; empty where it has neither."""
        values: list[Any] = [self.schema["const"]] if "const" in self.schema else self.schema.get("enum", [])
        return values


class _RefusedError(Exception):
    """Raised at the first problem of a value of which only is asked whether it has one."""


class Explainer:
    """Finds the problems of a refused value; safe to share between threads."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._root = gate.schema
        self.definitions: dict[str, Schema] = gate.schema["$defs"]
        self._types: dict[str, frozenset[str]] = {}
        self._unions: dict[str, Union] = {}
        self.outlines: dict[tuple[int, str], tuple[Schema | None, str | None]] = {}
        """How the wordings outline values of a schema, by its `id`, with which it is kept, and the types allowed."""
        self._branches: dict[tuple[int, str], Branches] = {}
        """By the `id` of the schema, which is kept there, and the name of its definition."""

    def problems(self, value: Any, only: str | None = None) -> list[Problem]:
        """Return the problems of a value that the gate refuses; never an empty list.

        If the gate accepts the rest of a body, `only` is the property that it refuses.
        """
        owner = Owner("", None, self._root)
        visit = _Visit(self, value)
        if only is None:
            visit.of(value, self._root, (), owner)
        else:
            visit.of(value[only], self._root["properties"][only], (only,), owner)
        return visit.found or [self.unexplained(value)]

    def certain_problems(self, value: Any) -> list[Problem]:
        """Return the problems that a value with unknown parts certainly has, whatever these parts are.

        The values of the problems, for their wordings, have place holders for what is unknown.
        """
        visit = _Visit(self, None)
        visit.certain(value, self._root, (), Owner("", None, self._root))
        root = shown_value(value) if visit.found else None
        return [problem._replace(value=shown_value(problem.value), root=root) for problem in visit.found]

    def unexplained(self, value: Any) -> Problem:
        """Return the problem of a value that is refused for an unknown reason."""
        owner = Owner("", None, self._root)
        return Problem(UNEXPLAINED, (), value, None, self._root, owner, "", None, value, self, {})

    def faults(self, schema: Schema, value: Any, path: Path, root: Any) -> list[Problem]:
        """Return the problems that a value would have at a path of a document, by a schema of it."""
        if self.fits(schema, value):
            return []
        visit = _Visit(self, root)
        visit.of(value, schema, path, Owner("", None, schema))
        return visit.found

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference to its definition."""
        reference = schema.get("$ref")
        return schema if reference is None else self.definitions[definition_named(reference)]

    def fits(self, schema: Schema, value: Any) -> bool:
        """Whether a schema of the same document accepts a value."""
        try:
            _Question(self, None).of(value, schema, (), Owner("", None, schema))
        except _RefusedError:
            return False
        return True

    def branches_of(self, schema: Schema, name: str) -> Branches:
        """Return what a schema with `anyOf` is made of; analysed once."""
        known = self._branches.get((id(schema), name))
        if known is not None and known.schema is schema:
            return known
        by_kind: dict[str, Schema] = {}
        for branch in schema["anyOf"]:
            for kind in self._types_of(branch):
                by_kind.setdefault(kind, branch)
        union = self._union(name, schema) if DISCRIMINATOR in schema else None
        made = Branches(schema, by_kind, frozenset(by_kind), tuple(self._item_tags(schema)), union)
        if len(self._branches) >= _MOST_BRANCHES:
            self._branches.clear()
        self._branches[id(schema), name] = made
        return made

    def _item_tags(self, schema: Schema) -> Iterator[Any]:
        """Yield the `type` of the objects of which a branch takes an array."""
        for branch in schema["anyOf"]:
            items = branch.get("items", {}).get("$ref")
            item = self.definitions[definition_named(items)] if items else {}
            tag = item.get("properties", {}).get("type", {}).get("const")
            if tag is not None:
                yield tag

    def means_default(self, value: dict[str, Any], union: Union) -> bool:
        """Whether an object without a tag is meant as the member that needs none."""
        if union.default is None:
            return False
        fitting = [union.members[name] for name in union.fitting(value)]
        default = self.definitions[union.default]
        if value.keys() >= set(default["required"]) and (not fitting or value.keys() <= default["properties"].keys()):
            return True
        return union.default in (fitting or union.members.values())

    def _types_of(self, schema: Schema) -> frozenset[str]:
        """Return the JSON types that a schema can accept, `integer` with every `number`."""
        reference = schema.get("$ref")
        if reference is not None:
            name = definition_named(reference)
            if name not in self._types:
                self._types[name] = self._types_of(self.definitions[name])
            return self._types[name]
        if "anyOf" in schema:
            return frozenset[str]().union(*map(self._types_of, schema["anyOf"]))
        if "type" in schema:
            return _with_integers(schema["type"])
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        return frozenset(map(json_type, values)) if values else _ALL_TYPES

    def _union(self, name: str, schema: Schema) -> Union:
        if not name:
            return self._read_union(name, schema)
        if name not in self._unions:
            self._unions[name] = self._read_union(name, schema)
        return self._unions[name]

    def _read_union(self, name: str, schema: Schema) -> Union:
        tag_property: str = schema["discriminator"]["propertyName"]
        members: dict[str, str] = {}
        aliases: dict[str, str] = {}
        schemas: dict[str, Schema] = {}
        default = None
        for branch in schema["anyOf"]:
            definition = definition_named(branch["$ref"])
            member = self.definitions[definition]
            tags = tags_of(member, tag_property)
            members.update(dict.fromkeys(tags, definition))
            aliases.update(dict.fromkeys(member.get("x-aliases", ()), *tags[:1]))
            schemas.update(dict.fromkeys(tags, member))
            if tag_property not in member["required"]:
                default = definition
        return Union(name, tag_property, members, aliases, schemas, default)


class _Visit:
    """A visit of a value by its schema, which collects its problems."""

    __slots__ = ("_explainer", "_root", "found")

    def __init__(self, explainer: Explainer, root: Any) -> None:
        self._explainer = explainer
        self._root = root
        self.found: list[Problem] = []

    def _refuse(  # noqa: PLR0917 - the fields of a problem in their order
        self,
        keyword: str,
        path: Path,
        value: Any,
        limit: Any,
        schema: Schema,
        owner: Owner,
        *,
        name: str = "",
        union: Union | None = None,
    ) -> None:
        self.found.append(
            Problem(keyword, path, value, limit, schema, owner, name, union, self._root, self._explainer, {})
        )

    def certain(self, value: Any, schema: Schema, path: Path, owner: Owner) -> None:
        """Visit a value inside another one, and end where an answer depends on something unknown."""
        if is_unknown(value):
            return
        try:
            self.of(value, schema, path, owner)
        except NotKnownError:
            return

    def of(self, value: Any, schema: Schema, path: Path, owner: Owner, name: str = "") -> None:
        """Add the problems of a value to those that were found."""
        reference = schema.get("$ref")
        if reference is not None:
            name = definition_named(reference)
            definition = self._explainer.definitions[name]
            # Of arrays the items are asked about, and nothing is asked about what is known in part.
            if "items" in definition or is_partial(value) or not self._explainer.gate.accepts_as(name, value):
                self.of(value, definition, path, owner, name)
            return
        if "anyOf" in schema:
            self._union(value, schema, path, owner, name)
            return
        if type(value) is dict and schema.get("type") == "object":
            self._object(value, schema, path, name)
            return
        refusal = _scalar_refusal(value, schema)
        if refusal == "enum" and (headers := _headers_needed(schema, value)):
            self._refuse(MISSING_BETA, path, value, headers, schema, owner)
        elif refusal is not None:
            self._refuse(refusal, path, value, schema.get(refusal), schema, owner)
        elif isinstance(value, dict):
            self._object(value, schema, path, name)
        elif isinstance(value, list):
            self._array(value, schema, path, owner)

    def _object(self, value: dict[str, Any], schema: Schema, path: Path, name: str) -> None:
        properties: dict[str, Schema | bool] = schema.get("properties", {})
        others: Schema | bool = schema.get("additionalProperties", True)
        owner = Owner(name, schema.get("properties", {}).get("type", {}).get("const"), schema)
        if owner.tag is not None and value.get("type", owner.tag) != owner.tag and not _has_form(value, schema):
            # It is another kind of object altogether, so every other problem with it would be noise.
            kind = schema["properties"]["type"]
            self._refuse("const", (*path, "type"), value["type"], owner.tag, kind, owner)
            return
        for required in schema.get("required", ()):
            if _lacks(value, required):
                self._refuse("required", path, value, schema["required"], schema, owner, name=required)
        companions: dict[str, str] = schema.get("x-goes-with", {})
        for key, item in dict.items(value):
            subschema = properties.get(key, others)
            if subschema is False and key in companions and dict.__contains__(value, companions[key]):
                continue  # the hint about the other property covers it
            if subschema is False:
                headers = _headers_needed(schema, key)
                keyword = MISSING_BETA if headers else "additionalProperties"
                self._refuse(keyword, (*path, key), value, headers or others, schema, owner, name=key)
            elif isinstance(subschema, dict) and not (type(item) is str and _is_fixed_or_free(item, subschema)):
                self.certain(item, subschema, (*path, key), owner)

    def _array(self, value: list[Any], schema: Schema, path: Path, owner: Owner) -> None:
        least, most = _bounds_of_length(value)
        for keyword, refused in (
            ("minItems", most is not None and most < schema.get("minItems", 0)),
            ("maxItems", least > schema.get("maxItems", least)),
        ):
            if refused:
                self._refuse(keyword, path, value, schema[keyword], schema, owner)
        items = schema.get("items")
        if items is None:
            return
        reference = items.get("$ref")
        if reference is None or is_partial(value):
            for index, item in enumerate(list.__iter__(value)):
                self.certain(item, items, (*path, index), owner)
            return
        name = definition_named(reference)
        definition = self._explainer.definitions[name]
        for index, item in self._explainer.gate.refused_items(name, value):
            self.of(item, definition, (*path, index), owner, name)

    def _union(self, value: Any, schema: Schema, path: Path, owner: Owner, name: str) -> None:
        kind = json_type(value)
        branches = self._explainer.branches_of(schema, name)
        if kind == "object" and any(tag == value.get("type") for tag in branches.item_tags) and kind in branches.types:
            self._refuse("type", path, value, frozenset({"array"}), schema, owner)
            return
        fitting = branches.by_kind.get(kind)
        if fitting is None and (headers := _headers_needed(schema, kind)):
            self._refuse(MISSING_BETA, path, value, headers, schema, owner)
        elif fitting is None:
            self._refuse("type", path, value, branches.types, schema, owner, union=branches.union)
        elif branches.union is not None and kind == "object":
            self._member(value, branches.union, schema, path, owner)
        else:
            self.of(value, fitting, path, owner)

    def _member(self, value: dict[str, Any], union: Union, schema: Schema, path: Path, owner: Owner) -> None:
        tag = value.get(union.property, _ABSENT)
        definition = union.members.get(tag) if isinstance(tag, str) else None
        try:
            if tag is _ABSENT:
                definition = union.members.get(union.misnamed_tag(value) or "")
            if definition is None and (tag is _ABSENT or tag is None) and self._explainer.means_default(value, union):
                definition = union.default
        except NotKnownError:
            if union.default is not None:
                raise
        if definition is not None:
            self.of(value, self._explainer.definitions[definition], path, owner, definition)
            return
        place = (*path, union.property)
        itself = Owner(union.name, None, schema)
        if tag is _ABSENT:
            self._refuse("required", path, value, [union.property], schema, itself, name=union.property, union=union)
        elif not isinstance(tag, str) and not (tag is None and union.default):
            self._refuse("type", place, tag, frozenset({"string"}), schema, itself, union=union)
        elif headers := _headers_needed(schema, tag):
            self._refuse(MISSING_BETA, place, tag, headers, schema, itself)
        else:
            self._untagged(value, union, schema, path, itself)

    def _untagged(self, value: dict[str, Any], union: Union, schema: Schema, path: Path, owner: Owner) -> None:
        """Report the unknown tag. If the discriminator is a role, not `type`, check the rest of the object as well."""
        tag, place = value[union.property], (*path, union.property)
        if union.property == "type":
            self._refuse(DISCRIMINATOR, place, tag, list(union.members), schema, owner, union=union)
            return
        tags = list(union.members)
        self._refuse("enum", place, tag, tags, {**schema, "enum": tags}, owner)
        # The member that knows most of the properties: a wrong `role` should not hide a wrong block in the content.
        depth = len(path) + 1 if tag in schema.get("x-other-shapes", ()) else 0
        likely = min(
            union.members.values(), key=lambda name: len(value.keys() - self._explainer.definitions[name]["properties"])
        )
        inside = _Visit(self._explainer, self._root)
        try:
            inside.of(value, self._explainer.definitions[likely], path, owner, likely)
        finally:  # what was found before something unknown is certain
            self.found += [each for each in inside.found if each.path != place and len(each.path) > depth]


class _Question(_Visit):
    """A visit that ends at the first problem."""

    __slots__ = ()

    def of(self, value: Any, schema: Schema, path: Path, owner: Owner, name: str = "") -> None:
        # A value that is asked about is often valid, unlike one that the gate has refused.
        if not name or is_partial(value) or not self._explainer.gate.accepts_as(name, value):
            super().of(value, schema, path, owner, name)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise _RefusedError


def _lacks(value: dict[str, Any], name: str) -> bool:
    """Whether an object certainly lacks a property."""
    return value.lacks(name) if isinstance(value, PartialObject) else name not in value


def _bounds_of_length(value: list[Any]) -> tuple[int, int | None]:
    """Return the least and the greatest number of items that an array can have; None for no bound."""
    if isinstance(value, PartialArray):
        return value.least, None if value.is_open else len(value)
    return len(value), len(value)


@lru_cache(maxsize=256)
def explainer_for(shape: str, view: View) -> Explainer:
    """Return the explainer of a shape and view, made once in a process."""
    return Explainer(gate_for(shape, view))


def _headers_needed(schema: Schema, name: Any) -> list[str] | None:
    """Return the beta headers any one of which makes available what the view withholds under a name."""
    if not isinstance(name, str):
        return None
    headers: list[str] | None = schema.get(WITHHELD, {}).get(name, {}).get("betas")
    return headers


def _has_form(value: dict[str, Any], schema: Schema) -> bool:
    """Whether an object has all required and only known properties of a schema, whatever their values."""
    properties: Schema = schema["properties"]
    return set(schema["required"]) <= value.keys() <= properties.keys()


def _is_fixed_or_free(text: str, schema: Schema) -> bool:
    """Whether a schema certainly accepts a string: as its `const`, or because it accepts every string."""
    return schema.get("const") == text or (schema.get("type") == "string" and _BOUNDS_OF_TEXT.isdisjoint(schema))


def _with_integers(types: str | list[str]) -> frozenset[str]:
    names = frozenset([types] if isinstance(types, str) else types)
    return names | {"integer"} if "number" in names else names


def _scalar_refusal(value: Any, schema: Schema) -> str | None:
    """Return the first keyword that refuses a value itself, leaving its items and properties aside."""
    kind = json_type(value)
    types = schema.get("type", kind)
    if types != kind and kind not in _with_integers(types):
        return "type"
    if "const" in schema or "enum" in schema:
        keyword = "const" if "const" in schema else "enum"
        allowed = [schema["const"]] if keyword == "const" else schema["enum"]
        if not any(_same(value, item) for item in allowed):
            return keyword if kind in set(map(json_type, allowed)) else "type"
    if kind == "string":
        return _string_refusal(value, schema)
    if kind in {"integer", "number"}:
        return _number_refusal(value, schema)
    return None


def _string_refusal(value: str, schema: Schema) -> str | None:
    if len(value) < schema.get("minLength", 0):
        return "minLength"
    if len(value) > schema.get("maxLength", len(value)):
        return "maxLength"
    if "pattern" in schema and not matches(schema["pattern"], value):
        return "pattern"
    if "format" in schema and not FORMATS[schema["format"]](value):
        return "format"
    return None


def _number_refusal(value: float, schema: Schema) -> str | None:
    if "integer" in schema.get("type", ()) and not _fits_64_bits(value):
        return INTEGER_RANGE
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        return "exclusiveMinimum"
    if value < schema.get("minimum", value):
        return "minimum"
    if value > schema.get("maximum", value):
        return "maximum"
    return None


def _fits_64_bits(value: Any) -> bool:
    """Whether an integer fits into 64 bits; a float of that size was an integer that did not."""
    return abs(value) < INT64_MAX if isinstance(value, float) else INT64_MIN <= value <= INT64_MAX


def _same(value: Any, allowed: Any) -> bool:
    """Compare as JSON does: `true` is not `1`."""
    if value.__class__ is str:
        return bool(value == allowed)
    return json_type(value) == json_type(allowed) and bool(value == allowed)
