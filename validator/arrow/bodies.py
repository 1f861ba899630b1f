"""Read the JSON text of a request out of a cell of an Arrow column, whatever the type of the column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import orjson
import pyarrow as pa
from pyarrow import types

from ..common.wording import code, either, nearest

TextOf = Callable[[Any], "bytes | None"]
"""Returns the JSON text of a scalar; None for null."""
_Plain = Callable[[Any], Any]
"""Makes a value of Arrow one that `orjson` writes."""

STRINGS: Final = (types.is_string, types.is_large_string, types.is_string_view)
_TEXTS: Final = (
    *STRINGS,
    types.is_binary,
    types.is_large_binary,
    types.is_binary_view,
    types.is_fixed_size_binary,
)
LISTS: Final = (
    types.is_list,
    types.is_large_list,
    types.is_fixed_size_list,
    types.is_list_view,
    types.is_large_list_view,
)
_OBJECTS: Final = (types.is_struct, types.is_map)
_SAME_IN_JSON: Final = (types.is_boolean, types.is_integer, types.is_null, *STRINGS)
_JSON: Final = "arrow.json"


class ColumnError(ValueError):
    """A column that does not exist, or whose values cannot be requests."""


def is_any(kinds: Iterable[Callable[[Any], bool]], of: pa.DataType) -> bool:
    """Whether a type is of one of some kinds."""
    return any(is_one(of) for is_one in kinds)


def column_named(name: str, schema: pa.Schema) -> int:
    """Return the index of a column.

    Raises:
        ColumnError: if no column has that name, or several have it.
    """
    found = schema.get_all_field_indices(name)
    if len(found) == 1:
        return int(found[0])
    if found:
        msg = f"there are {len(found)} columns {code(name)}; rename all but one"
        raise ColumnError(msg)
    names = list(dict.fromkeys(schema.names))
    meant = nearest(name, names)
    if not names:
        hint = "; there are no columns"
    elif meant is not None:
        rest = [other for other in names if other != meant]
        hint = f", did you mean {code(meant)}?" + (f" There is also {either(rest)}" if rest else "")
    else:
        hint = f"; there is {either(names)}"
    msg = f"there is no column {code(name)}{hint}"
    raise ColumnError(msg)


def text_reader(field: pa.Field) -> TextOf:
    """Return the function that reads the text of a request out of a scalar of a column.

    A column of text or bytes holds JSON; one of structs or maps is written as JSON, where a null field of a struct is
    an absent property, since an Arrow struct has all of its fields.

    Raises:
        ColumnError: if the type has no form in JSON.
    """
    return _text_reader(field.type, field.name)


def _text_reader(of: pa.DataType, place: str) -> TextOf:
    if is_any(_TEXTS, of):
        return _text
    if types.is_dictionary(of) or types.is_run_end_encoded(of):
        return partial(_text_within, _text_reader(of.value_type, place))
    if isinstance(of, pa.BaseExtensionType):
        if of.extension_name == _JSON:
            return partial(_text_within, _text_reader(of.storage_type, place))
    elif types.is_null(of):
        return lambda _: None
    elif is_any(_OBJECTS, of):
        return partial(_written, _plain(of, place))
    msg = f"the column {code(place)} is of type {code(str(of))}, but must hold requests: text, bytes, structs or JSON"
    raise ColumnError(msg)


def _text(scalar: Any) -> bytes | None:
    return scalar.as_buffer().to_pybytes() if scalar.is_valid else None


def _text_within(text_of: TextOf, scalar: Any) -> bytes | None:
    """Read the scalar inside one of a dictionary, a run or an extension type."""
    return text_of(scalar.value) if scalar.is_valid and scalar.value is not None else None


def _written(plain: _Plain, scalar: Any) -> bytes | None:
    return orjson.dumps(plain(scalar.as_py())) if scalar.is_valid else None


def _plain(of: pa.DataType, place: str) -> _Plain:
    """Return the function that makes values of a type plain.

    Raises:
        ColumnError: if the type has no form in JSON.
    """
    found: _Plain | None = None
    if is_any(_SAME_IN_JSON, of):
        found = _same
    elif types.is_floating(of):
        found = _number
    elif types.is_dictionary(of) or types.is_run_end_encoded(of):
        found = _plain(of.value_type, place)
    elif isinstance(of, pa.BaseExtensionType):
        found = _fragment if of.extension_name == _JSON else None
    elif types.is_struct(of):
        found = partial(_object, _fields(of, place))
    elif types.is_map(of):
        is_text = is_any(STRINGS, of.key_type)
        found = partial(_mapping, _plain(of.item_type, f"{place}.*")) if is_text else None
    elif is_any(LISTS, of):
        found = partial(_array, _plain(of.value_type, f"{place}[]"))
    if found is None:
        msg = f"the column {code(place)} is of type {code(str(of))}, which has no form in JSON"
        raise ColumnError(msg)
    return found


def _fields(of: pa.DataType, place: str) -> dict[str, _Plain]:
    fields = {field.name: _plain(field.type, f"{place}.{field.name}") for field in of}
    if len(fields) < of.num_fields:
        msg = f"the column {code(place)} has two fields of one name, which an object in JSON cannot have"
        raise ColumnError(msg)
    return fields


def _same(value: Any) -> Any:
    return value


def _number(value: float | None) -> Any:
    if value is None or math.isfinite(value):
        return value
    return orjson.Fragment(b"NaN" if math.isnan(value) else b"Infinity" if value > 0 else b"-Infinity")


def _fragment(value: str | None) -> Any:
    return None if value is None else orjson.Fragment(value)


def _object(fields: dict[str, _Plain], value: dict[str, Any] | None) -> Any:
    if value is None:
        return None
    return {name: fields[name](inner) for name, inner in value.items() if inner is not None}


def _mapping(plain: _Plain, value: list[tuple[str, Any]] | None) -> Any:
    if value is None:
        return None
    pairs = [(name, plain(inner)) for name, inner in value]
    if len(dict(pairs)) == len(pairs):
        return dict(pairs)
    # A map may have a key twice; as JSON it is reported like any other text that does.
    members = b",".join(b"%b:%b" % (orjson.dumps(name), orjson.dumps(inner)) for name, inner in pairs)
    return orjson.Fragment(b"{%b}" % members)


def _array(plain: _Plain, value: list[Any] | None) -> Any:
    return None if value is None else [plain(inner) for inner in value]
