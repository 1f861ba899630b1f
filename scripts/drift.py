"""Compare the schemas of an edition with the request types of a version of the `anthropic` package.

Both are walked side by side from the three endpoints. Object types are matched by where they stand and the members of
a union by their tag, so names do not matter. Each difference is one line: where, what, and what both sides have.
The intended ones stand in `drift-allowed.toml` with their reason; `--all` prints them too.

With the latest edition, what `validator/facts` says of models that retire and of beta headers is compared as well.

With `--ga`, the types without beta features are compared with what the schemas allow without any beta header.

Exits with 0 when every difference is explained and every explanation needed, with 1 when not, and with 2 when the
comparison could not be made.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from scripts.drift_facts import compare_facts
from validator.facts.api import EDITIONS, LATEST_EDITION
from validator.schema.projection import View
from validator.schema.store import bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

HERE: Final = Path(__file__).resolve().parent
ALLOWED: Final = HERE / "drift-allowed.toml"
DESCRIBE: Final = HERE / "describe_sdk.py"

Item = TypeVar("Item")
Reasons: TypeAlias = "dict[tuple[str, str], str]"
"""Why a difference, known by its key, is intended."""

ENDPOINTS: Final = ("messages", "count_tokens", "batches")

SDK: Final = "the SDK"
SCHEMA: Final = "the schema"

_TAGS: Final = ("type", "role")
"""Properties that tell the members of a union apart, where the schema does not name the one that does."""
_UNTAGGED: Final = "no tag"
_ENTRY: Final = {"editions", "types", "reason"}
_SHOWN: Final = 90
"""Characters after which the description of a side is cut."""


class DriftError(Exception):
    """Raised when the comparison cannot be made; its text says why."""


@dataclass(frozen=True)
class Difference:
    """One thing that one side has and the other has not."""

    place: str
    """The schema's type and property; `[]` stands for the items of an array, `{}` for the values of a map."""
    thing: str
    only_in: str
    sdk: str
    schema: str

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the difference in `drift-allowed.toml`."""
        return self.only_in, f"{self.place}: {self.thing}"

    def __str__(self) -> str:
        return f"{self.key[1]} (SDK: {_cut(self.sdk)}; schema: {_cut(self.schema)})"


@dataclass(frozen=True)
class Property:
    """A property of an object type; it may hold what any of the nodes describes."""

    nodes: tuple[Any, ...]
    required: bool
    header: bool
    """Whether it is a parameter of the SDK's methods that travels as a header."""


@dataclass(frozen=True)
class ObjectType:
    """An object type of one side, or several that are one type on the other side."""

    names: tuple[str, ...]
    properties: dict[str, Property]
    others: tuple[Any, ...] = ()
    """What properties that are not listed may hold; nothing where there may be none."""


@dataclass
class Holds:
    """What a place may hold: the union of everything here."""

    kinds: set[str] = field(default_factory=set)
    """JSON types of which any value may stand there; arrays and objects are below."""
    literals: dict[str, None] = field(default_factory=dict)
    """Fixed values, as JSON; a boolean is two of them."""
    known: dict[str, None] = field(default_factory=dict)
    """Values that are known where any string is allowed, as JSON."""
    arrays: list[Any] = field(default_factory=list)
    objects: list[ObjectType] = field(default_factory=list)
    maps: list[Any] = field(default_factory=list)
    tag: str | None = None
    """The property that tells the objects apart, when this side names it."""

    def add_values(self, values: Iterable[Any]) -> None:
        """Allow some fixed values."""
        for value in values:
            if value is None:
                self.kinds.add("null")
            else:
                self.literals[json.dumps(value)] = None

    def settle(self) -> Holds:
        """Bring different notations of one thing to the same."""
        if "any" in self.kinds:
            return Holds(kinds={"any"})
        if "boolean" in self.kinds:
            self.kinds.remove("boolean")
            self.literals |= {"false": None, "true": None}
        if "string" in self.kinds:
            self.known |= self.literals
        self.literals = {literal: None for literal in self.literals if kind_of(literal) not in self.kinds}
        self.objects = _unique(self.objects)
        if self.objects and self.maps:
            self.objects = [
                ObjectType(each.names, each.properties, (*each.others, *self.maps)) for each in self.objects
            ]
        elif self.maps:
            self.objects = [ObjectType((), {}, tuple(self.maps))]
        return self

    def all_kinds(self) -> set[str]:
        """Return the JSON types of everything that may stand there."""
        kinds = self.kinds | {kind_of(literal) for literal in self.literals}
        kinds |= {"array"} if self.arrays else set()
        return kinds | ({"object"} if self.objects else set())

    def __str__(self) -> str:
        literals = {**self.literals}
        shown = sorted(self.kinds - {"null"})
        if {"false", "true"} <= literals.keys():
            del literals["false"], literals["true"]
            shown.append("boolean")
        shown += literals
        shown += ["array"] if self.arrays else []
        shown += [name for each in self.objects for name in each.names or ("object",)]
        shown += ["null"] if "null" in self.kinds else []
        return " or ".join(shown)


class Side(Protocol):
    """One of the two descriptions that are compared."""

    def add(self, node: Any, holds: Holds) -> None:
        """Add what a node describes to what a place may hold."""


class SdkSide:
    """The types as `describe_sdk.py` describes them."""

    def __init__(self, types: dict[str, dict[str, Any]]) -> None:
        self._types = types

    def add(self, node: Any, holds: Holds) -> None:
        """Add what a node describes to what a place may hold."""
        if isinstance(node, str):
            holds.kinds.add(node)
            return
        ((form, content),) = node.items()
        if form == "union":
            for member in content:
                self.add(member, holds)
        elif form == "literals":
            holds.add_values(content)
        elif form == "array":
            holds.arrays.append(content)
        elif form == "map":
            holds.maps.append(content)
        else:
            holds.objects.append(self._object(content))

    def _object(self, name: str) -> ObjectType:
        properties = {
            key: Property(
                (form["type"], "null") if form["nullable"] else (form["type"],), form["required"], form["header"]
            )
            for key, form in self._types[name].items()
        }
        return ObjectType((name.rpartition(".")[2],), properties)


class SchemaSide:
    """The types as bundled schemas have them."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = definitions

    def add(self, node: Any, holds: Holds, name: str | None = None) -> None:
        """Add what a node describes to what a place may hold; `name` is that of the definition it comes from."""
        if node is True or "$ref" in node:
            target = None if node is True else target_of(node)
            self.add(self._definitions[target] if target else {}, holds, target)
        elif "anyOf" in node:
            holds.tag = node.get("discriminator", {}).get("propertyName", holds.tag)
            for branch in node["anyOf"]:
                self.add(branch, holds)
        elif "const" in node or "enum" in node:
            values = [node["const"]] if "const" in node else node["enum"]
            holds.add_values(value for value in values if _fits(value, node.get("type")))
        else:
            kinds = node.get("type", "any")
            for kind in [kinds] if isinstance(kinds, str) else kinds:
                self._add_kind(kind, node, holds, name)

    def _add_kind(self, kind: str, node: dict[str, Any], holds: Holds, name: str | None) -> None:
        others = node.get("additionalProperties", True)
        if kind == "array":
            holds.arrays.append(node.get("items", True))
        elif kind != "object":
            holds.kinds.add(kind)
            holds.known |= {json.dumps(value): None for value in node.get("examples", ())}
        elif "properties" in node or others is False:
            properties = {
                key: Property((form,), key in node.get("required", ()), bool(form.get("x-sdk-keyword")))
                for key, form in node.get("properties", {}).items()
            }
            holds.objects.append(ObjectType((name,) if name else (), properties, () if others is False else (others,)))
        else:
            holds.maps.append(others)


class Comparison:
    """A walk through both sides at once."""

    def __init__(self, sdk: SdkSide, schema: SchemaSide) -> None:
        self._sdk = sdk
        self._schema = schema
        self._pending: deque[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = deque()
        self._compared: set[tuple[tuple[str, ...], str]] = set()
        self._found: dict[Difference, None] = {}

    @property
    def differences(self) -> list[Difference]:
        """What differs, in the order of the walk."""
        return list(self._found)

    @property
    def types(self) -> int:
        """The number of object types of the SDK that were compared."""
        return len({name for names, _ in self._compared for name in names})

    def run(self, place: str, sdk: Any, schema: Any) -> None:
        """Compare what a place may hold, and everything below it."""
        self._pending.append((place, (sdk,), (schema,)))
        while self._pending:
            self._compare(*self._pending.popleft())

    def _compare(self, place: str, sdk_nodes: tuple[Any, ...], schema_nodes: tuple[Any, ...]) -> None:
        sdk, schema = _holds(self._sdk, sdk_nodes), _holds(self._schema, schema_nodes)
        target = target_of(schema_nodes[0]) if len(schema_nodes) == 1 else None
        if target is not None and target not in ENDPOINTS and (schema.objects or schema.arrays or schema.known):
            place = target
        if "any" in sdk.kinds ^ schema.kinds:
            self._report(place, "any value", sdk, schema, in_sdk="any" in sdk.kinds)
            return
        self._compare_values(place, sdk, schema)
        if sdk.arrays and schema.arrays:
            self._pending.append((f"{place}[]", tuple(sdk.arrays), tuple(schema.arrays)))
        if sdk.objects and schema.objects:
            for pair in _paired(sdk.objects, schema.objects, self._tags_by(sdk, schema)):
                self._compare_member(place, *pair)

    def _compare_values(self, place: str, sdk: Holds, schema: Holds) -> None:
        """Compare the JSON types that may stand there, and the fixed values of those that have some."""
        sdk_kinds, schema_kinds = sdk.all_kinds(), schema.all_kinds()
        for kind in sorted(sdk_kinds ^ schema_kinds):
            thing = "null" if kind == "null" else f"type {kind}"
            self._report(place, thing, sdk, schema, in_sdk=kind in sdk_kinds)
        shared = sdk_kinds & schema_kinds
        for kind in sorted(shared & (sdk.kinds ^ schema.kinds)):
            self._report(place, f"any {kind}", sdk, schema, in_sdk=kind in sdk.kinds)
        for literal in [*sdk.literals, *schema.literals]:
            fixed = kind_of(literal) in shared - sdk.kinds - schema.kinds
            if fixed and (literal in sdk.literals) != (literal in schema.literals):
                self._report(place, f"value {literal}", sdk, schema, in_sdk=literal in sdk.literals)
        for literal in sdk.known:
            if "string" in schema.kinds and literal not in schema.known:
                self._report(place, f"known value {literal}", "known", "not among the examples", in_sdk=True)

    def _compare_member(self, place: str, tags: str, sdk: ObjectType | None, schema: ObjectType | None) -> None:
        """Compare object types that stand at the same place and have the same tags."""
        if sdk is None or schema is None:
            self._report(place, f"member {tags}".rstrip(), _named(sdk), _named(schema), in_sdk=schema is None)
            return
        names = [name for name in schema.names if name not in ENDPOINTS]
        place = " and ".join(names) if names else f"{place}({tags})" if tags else place
        if (sdk.names, place) in self._compared:
            return
        self._compared.add((sdk.names, place))
        for key in {**sdk.properties, **schema.properties}:
            self._compare_property(f"{place}.{key}", sdk.properties.get(key), schema.properties.get(key))
        if sdk.others and schema.others:
            self._pending.append((f"{place}{{}}", sdk.others, schema.others))
        elif sdk.others or schema.others:
            self._report(place, "other properties", _openness(sdk), _openness(schema), in_sdk=bool(sdk.others))

    def _compare_property(self, place: str, sdk: Property | None, schema: Property | None) -> None:
        shown = self._shown(self._sdk, sdk), self._shown(self._schema, schema)
        if sdk is None or schema is None:
            header = any(each is not None and each.header for each in (sdk, schema))
            self._report(place, "header parameter" if header else "property", *shown, in_sdk=schema is None)
            return
        if sdk.required != schema.required:
            self._report(place, "required", *shown, in_sdk=sdk.required)
        if sdk.header != schema.header:
            self._report(place, "sent as a header", *shown, in_sdk=sdk.header)
        self._pending.append((place, sdk.nodes, schema.nodes))

    def _tags_by(self, sdk: Holds, schema: Holds) -> Callable[[ObjectType], frozenset[str]]:
        """Return what tells the tags of an object type, for the union that both sides are here."""
        objects = [(self._sdk, each) for each in sdk.objects] + [(self._schema, each) for each in schema.objects]
        names = [name for name in _TAGS if all(_tags(side, each, name) for side, each in objects)]
        tag = schema.tag or (names[0] if names else "")
        tags = {id(each): _tags(side, each, tag) or frozenset({_UNTAGGED}) for side, each in objects}
        return lambda each: tags[id(each)]

    @staticmethod
    def _shown(side: Side, found: Property | None) -> str:
        if found is None:
            return "nothing"
        return f"{'required' if found.required else 'optional'} {_holds(side, found.nodes)}"

    def _report(self, place: str, thing: str, sdk: object, schema: object, *, in_sdk: bool) -> None:
        self._found[Difference(place, thing, SDK if in_sdk else SCHEMA, str(sdk), str(schema))] = None


def compare(description: dict[str, Any], family: str, schemas: dict[str, dict[str, Any]]) -> Comparison:
    """Compare the types of a family (`beta` or `ga`) with the bundled schemas of the endpoints."""
    definitions = {name: schema for whole in schemas.values() for name, schema in whole["$defs"].items()}
    comparison = Comparison(SdkSide(description["types"]), SchemaSide(definitions))
    for shape, root in description["roots"][family].items():
        comparison.run(shape, root, schemas[shape])
    return comparison


def kind_of(literal: str) -> str:
    """Return the JSON type of a value that is written as JSON."""
    if literal in {"true", "false", "null"}:
        return "null" if literal == "null" else "boolean"
    return "string" if literal.startswith('"') else "number" if "." in literal else "integer"


def target_of(node: Any) -> str | None:
    """Return the name of the definition that a schema refers to, None where it does not."""
    return node["$ref"].rpartition("/")[2] if isinstance(node, dict) and "$ref" in node else None


def _fits(value: Any, kinds: str | list[str] | None) -> bool:
    """Tell whether a fixed value is of a JSON type that stands beside it."""
    kind = kind_of(json.dumps(value))
    allowed = [kinds] if isinstance(kinds, str) else kinds
    return allowed is None or kind in allowed or (kind == "integer" and "number" in allowed)


def _holds(side: Side, nodes: Iterable[Any]) -> Holds:
    holds = Holds()
    for node in nodes:
        side.add(node, holds)
    return holds.settle()


def _tags(side: Side, found: ObjectType, name: str) -> frozenset[str]:
    """Return the values by which an object type is chosen, where `name` is the property that has them."""
    return frozenset(_holds(side, found.properties[name].nodes).literals if name in found.properties else ())


def _paired(
    sdk: Sequence[ObjectType], schema: Sequence[ObjectType], tags_of: Callable[[ObjectType], frozenset[str]]
) -> Iterator[tuple[str, ObjectType | None, ObjectType | None]]:
    """Pair the members of a union on both sides that share a tag; members that share one with the same are joined."""
    if len(sdk) == len(schema) == 1:
        yield "", sdk[0], schema[0]
        return
    groups: list[tuple[frozenset[str], list[ObjectType], list[ObjectType]]] = []
    alone = [(tags_of(member), [member], list[ObjectType]()) for member in sdk]
    alone += [(tags_of(member), list[ObjectType](), [member]) for member in schema]
    for group in alone:
        joined = group
        for other in [each for each in groups if each[0] & joined[0]]:
            groups.remove(other)
            joined = (other[0] | joined[0], other[1] + joined[1], other[2] + joined[2])
        groups.append(joined)
    for tags, of_sdk, of_schema in groups:
        yield " or ".join(sorted(tags - {_UNTAGGED})), _joined(of_sdk), _joined(of_schema)


def _joined(members: Sequence[ObjectType]) -> ObjectType | None:
    """Make one type of several, which allows what any of them allows."""
    if len(members) <= 1:
        return members[0] if members else None
    keys = {key: None for member in members for key in member.properties}
    found = {key: [member.properties[key] for member in members if key in member.properties] for key in keys}
    properties = {
        key: Property(
            tuple(_unique(node for each in having for node in each.nodes)),
            required=len(having) == len(members) and all(each.required for each in having),
            header=any(each.header for each in having),
        )
        for key, having in found.items()
    }
    names = tuple(name for member in members for name in member.names)
    return ObjectType(names, properties, tuple(node for member in members for node in member.others))


def _unique(items: Iterable[Item]) -> list[Item]:
    """Return items that cannot be hashed in their order, each once."""
    unique: list[Item] = []
    for item in items:
        if item not in unique:
            unique.append(item)
    return unique


def _named(found: ObjectType | None) -> str:
    return "nothing" if found is None else " and ".join(found.names) or "object"


def _openness(found: ObjectType) -> str:
    return "any other property" if found.others else "no other property"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def read_allowed(path: Path, edition: str, family: str) -> Reasons:
    """Read which differences are intended between an edition and a family of types.

    Raises:
        DriftError: when an entry is not made of what it should be.
    """
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    reasons: Reasons = {}
    for entry in toml.loads(path.read_text("utf-8")).get("allowed", []):
        lists = {SDK: entry.get("only_in_sdk", []), SCHEMA: entry.get("only_in_schema", [])}
        if not entry.keys() <= {*_ENTRY, "only_in_sdk", "only_in_schema"} or not entry.keys() >= _ENTRY:
            message = f"{path.name}: an entry needs {', '.join(sorted(_ENTRY))} and what differs: {entry}"
            raise DriftError(message)
        if edition in entry["editions"] and family in entry["types"]:
            reasons |= {(side, name): entry["reason"] for side, names in lists.items() for name in names}
    return reasons


def describe(python: str) -> dict[str, Any]:
    """Have the SDK described that is installed beside an interpreter.

    Raises:
        DriftError: when that fails.
    """
    try:
        done = subprocess.run([python, str(DESCRIBE)], capture_output=True, check=False, text=True, encoding="utf-8")  # noqa: S603 - the interpreter is the user's own choice
    except OSError as error:
        message = f"{python} could not be run: {error}"
        raise DriftError(message) from None
    if done.returncode:
        message = f"{DESCRIBE.name} failed under {python}:\n{done.stderr.strip()}"
        raise DriftError(message)
    description: dict[str, Any] = json.loads(done.stdout)
    return description


def described(path: Path) -> dict[str, Any]:
    """Read what `describe_sdk.py` has printed."""
    description: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return description


def report(differences: Sequence[Difference], reasons: Reasons, *, everything: bool) -> tuple[list[str], int]:
    """Return the lines to print about the differences, and how many things are left to be dealt with."""
    unexplained = [each for each in differences if each.key not in reasons]
    unneeded = reasons.keys() - {each.key for each in differences}
    groups = {
        f"Only in {SDK}": [str(each) for each in unexplained if each.only_in == SDK],
        f"Only in {SCHEMA}": [str(each) for each in unexplained if each.only_in == SCHEMA],
        f"No longer so, but still in {ALLOWED.name}": [f"{name} only in {side}" for side, name in unneeded],
        "Intended": [f"{each}: {reasons[each.key]}" for each in differences if everything and each.key in reasons],
    }
    lines = [
        line
        for title, members in groups.items()
        if members
        for line in (f"{title} ({len(members)}):", *(f"  {member}" for member in sorted(members)), "")
    ]
    return lines, len(unexplained) + len(unneeded)


def _of_facts(description: dict[str, Any], edition: str, family: str) -> list[Difference]:
    """Compare the facts about models and headers too, which are those of today and the same for both families."""
    if edition != LATEST_EDITION or family != "beta":
        return []
    return [Difference(each.about, each.said, SDK, each.said, each.known) for each in compare_facts(description)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison that the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--sdk-python", metavar="PYTHON", help="interpreter that has the `anthropic` package")
    source.add_argument("--description", type=Path, metavar="FILE", help="what `describe_sdk.py` has printed")
    parser.add_argument("--edition", required=True, choices=EDITIONS)
    parser.add_argument("--ga", action="store_true", help="compare the types without beta features")
    parser.add_argument("--all", action="store_true", help="print the intended differences as well")
    parser.add_argument("--allowed", type=Path, default=ALLOWED, metavar="FILE", help="the intended differences")
    options = parser.parse_args(arguments)
    family = "ga" if options.ga else "beta"
    view = View(options.edition, betas=frozenset() if options.ga else None)
    schemas = {shape: bundle(shape, view) for shape in ENDPOINTS}
    try:
        description = described(options.description) if options.description else describe(options.sdk_python)
        reasons = read_allowed(options.allowed, options.edition, family)
        comparison = compare(description, family, schemas)
        differences = [*comparison.differences, *_of_facts(description, options.edition, family)]
    except (DriftError, OSError, ValueError) as error:
        sys.stderr.write(f"drift: {error}\n")
        return 2
    except LookupError as error:
        sys.stderr.write(f"drift: {DESCRIBE.name} prints something else; there is no {error}\n")
        return 2
    lines, left = report(differences, reasons, everything=options.all)
    lines.append(
        f"anthropic {description['version']} ({family}) and edition {options.edition}: "
        f"{comparison.types} types compared, {len(differences)} differences, {left} to deal with"
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
