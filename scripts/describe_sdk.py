"""Describe the request types of the `anthropic` package as JSON, for `drift.py` to compare the schemas with.

Usage: PYTHON describe_sdk.py

PYTHON is the interpreter of an environment that has the package; nothing but the package and the standard library is
needed there, so that any of its versions can be described. What is printed:

    {"version": "0.72.0",
     "roots": {"beta": {"messages": TYPE, "count_tokens": TYPE, "batches": TYPE}, "ga": {...}},
     "types": {NAME: {PROPERTY: {"required": true, "nullable": false, "header": false, "type": TYPE}}},
     "deprecated_models": {NAME: "January 22nd, 2027"},
     "betas": [NAME]}

A TYPE is `"string"`, `"integer"`, `"number"`, `"boolean"`, `"null"` or `"any"`, or an object with one key: `literals`
(a list of values), `array` and `map` (the TYPE of what they hold), `ref` (a NAME) or `union` (a list of TYPEs).
"""

from __future__ import annotations

import collections.abc
import datetime as dt
import importlib
import importlib.util
import io
import json
import os
import sys
import types
import typing
from typing import Any, Final, get_args, get_origin

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOTS: Final = {
    "beta": {
        "messages": "anthropic.types.beta.message_create_params:MessageCreateParams",
        "count_tokens": "anthropic.types.beta.message_count_tokens_params:MessageCountTokensParams",
        "batches": "anthropic.types.beta.messages.batch_create_params:BatchCreateParams",
    },
    "ga": {
        "messages": "anthropic.types.message_create_params:MessageCreateParams",
        "count_tokens": "anthropic.types.message_count_tokens_params:MessageCountTokensParams",
        "batches": "anthropic.types.messages.batch_create_params:BatchCreateParams",
    },
}
"""Where the parameters of each endpoint are; those of `messages` are a union, with `stream` true and with it false."""

HEADERS: Final = frozenset({"betas", "user_profile_id", "workspace_id"})
"""Parameters of a call that travel as headers. Old versions tell by an alias, new ones only inside the methods."""

DEPRECATED_MODELS: Final = (
    "anthropic._data.deprecated_models:DEPRECATED_MODELS",
    "anthropic.resources.messages.messages:DEPRECATED_MODELS",
)
"""Where the models that retire are listed: since 2.13.0, and before."""

BETAS: Final = "anthropic.types:AnthropicBetaParam"
"""The values of the `anthropic-beta` header."""

_SCALARS: Final[dict[Any, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    dt.date: "string",
    dt.datetime: "string",
}


class Describer:
    """Collects the types that can be reached from the ones it is asked about."""

    def __init__(self) -> None:
        self.types: dict[str, dict[str, Any]] = {}
        """The properties of every object type met so far, by name."""
        self._classes: dict[str, Any] = {}
        self._hints = _type_hints()

    def describe(self, annotation: Any, *, root: bool = False) -> Any:
        """Return a type in the neutral form; `root` says that its properties are the parameters of a call."""
        found = list(self._members(annotation, root=root))
        return found[0] if len(found) == 1 else {"union": found}

    def _members(self, annotation: Any, *, root: bool) -> Iterator[Any]:
        """Yield the alternatives of an annotation, without those that exist on the side of the client only."""
        annotation, _ = _unwrapped(annotation)
        if get_origin(annotation) in {typing.Union, types.UnionType}:
            for argument in get_args(annotation):
                yield from self._members(argument, root=root)
        elif _is_typed_dict(annotation):
            yield {"ref": self._register(annotation, root=root)}
        elif not _is_client_side(get_origin(annotation) or annotation):
            yield self._plain(annotation)

    def _plain(self, annotation: Any) -> Any:
        """Return a type that is neither a union nor made of named properties."""
        form, arguments = get_origin(annotation) or annotation, get_args(annotation)
        if _name(form) == "Literal":
            return {"literals": list(arguments)}
        if form in {Any, object}:
            return "any"
        if form in _SCALARS:
            return _SCALARS[form]
        if _is_subclass(form, collections.abc.Mapping):
            return {"map": self.describe(arguments[1] if arguments else Any)}
        if _is_subclass(form, collections.abc.Iterable):
            return {"array": self.describe(arguments[0] if arguments else Any)}
        message = f"cannot describe {annotation!r}"
        raise TypeError(message)

    def _register(self, typed_dict: Any, *, root: bool) -> str:
        name = f"{typed_dict.__module__.removeprefix('anthropic.types.')}.{typed_dict.__qualname__}"
        if self._classes.setdefault(name, typed_dict) is not typed_dict:
            message = f"two types have the name {name}"
            raise TypeError(message)
        if name not in self.types:
            properties = self.types[name] = {}
            for key, annotation in self._hints(typed_dict, include_extras=True).items():
                inner, marks = _unwrapped(annotation)
                alias = next((mark.alias for mark in marks if getattr(mark, "alias", None)), None)
                members = list(self._members(inner, root=False))
                shown = [member for member in members if member != "null"]
                properties[key if alias is None or _is_header(alias) else alias] = {
                    "required": _is_required(typed_dict, key, marks),
                    "nullable": len(shown) < len(members),
                    "header": _is_header(alias) or (root and key in HEADERS),
                    "type": shown[0] if len(shown) == 1 else {"union": shown},
                }
        return name


def describe_roots(roots: dict[str, dict[str, str]], version: str) -> dict[str, Any]:
    """Describe the types named as `module:name`, and everything that can be reached from them."""
    describer = Describer()
    described = {
        family: {shape: describer.describe(_imported(place), root=True) for shape, place in places.items()}
        for family, places in roots.items()
    }
    return {"version": version, "roots": described, "types": describer.types}


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _type_hints() -> Any:
    """Return a `get_type_hints` that knows `Required` and its like, which Python 3.10 does not."""
    if sys.version_info >= (3, 11):
        return typing.get_type_hints
    return importlib.import_module("typing_extensions").get_type_hints  # a requirement of the package


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    """Take `Required`, `NotRequired`, `ReadOnly` and `Annotated` off; return what they say as well."""
    marks: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if hasattr(annotation, "__metadata__"):
            marks += annotation.__metadata__
            annotation = annotation.__origin__
        elif _name(origin) in {"Required", "NotRequired", "ReadOnly"}:
            marks.append(_name(origin))
            annotation = get_args(annotation)[0]
        elif _name(annotation) and hasattr(annotation, "__value__"):  # the `type` statement
            annotation = annotation.__value__
        else:
            return annotation, marks


def _name(form: Any) -> str:
    """Return the name of a form such as `Literal`, of which `typing` and `typing_extensions` can each have one."""
    return str(getattr(form, "_name", None) or getattr(form, "__name__", ""))


def _is_required(typed_dict: Any, key: str, marks: Iterable[Any]) -> bool:
    """Tell whether a property must be there; the class itself cannot know when its annotations are strings."""
    if "Required" in marks:
        return True
    return "NotRequired" not in marks and key in typed_dict.__required_keys__


def _is_header(alias: str | None) -> bool:
    """Tell a header's name from the name that a property has in the body: only headers have hyphens."""
    return alias is not None and "-" in alias


def _is_typed_dict(annotation: Any) -> bool:
    return _is_subclass(annotation, dict) and hasattr(annotation, "__required_keys__")


def _is_client_side(annotation: Any) -> bool:
    """Tell whether something is turned into another alternative of its union before it is sent.

    Files become base64, and the objects of responses (pydantic models) become what they were parsed from.
    """
    return (
        annotation is typing.IO
        or _is_subclass(annotation, (bytes, io.IOBase, typing.IO, os.PathLike))
        or hasattr(annotation, "model_fields")
        or hasattr(annotation, "__fields__")
    )


def _is_subclass(annotation: Any, parents: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, parents)


def deprecated_models() -> dict[str, str]:
    """Return the models that the SDK warns of, with the words that say when they retire."""
    place = next(place for place in DEPRECATED_MODELS if _is_there(place.partition(":")[0]))
    return dict(_imported(place))


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def betas() -> list[str]:
    """Return the values of the `anthropic-beta` header that the SDK lists."""
    members = get_args(_unwrapped(_imported(BETAS))[0])
    return sorted(
        str(value) for member in members if _name(get_origin(member)) == "Literal" for value in get_args(member)
    )


def main() -> None:
    """Print the description of the installed version."""
    version = importlib.import_module("anthropic").__version__
    facts = {"deprecated_models": deprecated_models(), "betas": betas()}
    json.dump({**describe_roots(ROOTS, version), **facts}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
