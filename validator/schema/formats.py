"""The formats that our schemas name, as the API checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n"


def is_base64(text: str) -> bool:
    """Whether `text` keeps to the base64 alphabet, with at most two `=` at its end.

    The API answers `invalid base64 data` to a `data:` prefix and to the URL-safe alphabet. Whether it refuses line
    breaks or missing padding is unknown, so both pass.
    """
    return text.isascii() and not text.encode("ascii").rstrip(b"\r\n").removesuffix(b"=").removesuffix(b"=").translate(
        None, delete=_ALPHABET
    )


FORMATS: Final[dict[str, Callable[[str], bool]]] = {"byte": is_base64}
"""Every `format` that our schemas use, and the function that checks it."""
