"""Texts that stand for another one: `<MODEL>`, `{{model}}`, `YOUR_MODEL`, `$MODEL`, `...`."""

from __future__ import annotations

import re
from typing import Final

from ..common.lazy_regex import regex

_LONGEST: Final = 500
"""Characters of the longest placeholder: `<a whole sentence about what belongs here>`."""
_LONGEST_WITH_PART: Final = 20_000
"""Characters of the longest text that is searched for them."""
_ANYWHERE: Final = regex(
    r"""
      <(?!/)[^<>\n]+>                               # <MODEL>, <your question>; not </answer>, where a text stops
    | \{\{[^{}]+\}\} | \{%[^{}]+%\}                 # {{model}}, {% model %}
    | \$\{[^{}\n]+\} | \$\([^()\n]+\)               # ${MODEL}, $(model)
    | \$[A-Za-z_]\w* | %[A-Za-z_]\w*% | %\(\w+\)s   # $MODEL, %MODEL%, %(model)s
    | \{[A-Za-z_][\w.]*\}                           # {model}
    | \[[A-Z_][A-Z0-9_ -]*\]                        # [YOUR MODEL]
    | __[A-Z][A-Z0-9_]*__                           # __MODEL__
    | (?:YOUR|MY|INSERT|REPLACE|ENTER|PUT)[\ _-][A-Z0-9 _-]+
    | your[_-][a-z0-9_-]+                           # your-model
    | X{3,} | x{3,} | TODO | TBD | PLACEHOLDER
    | \.\.\. | \u2026
    """,
    re.VERBOSE,
)
_IN_DOCUMENTATION: Final = regex(
    r"""
      .*(?:\.\.\.|\u2026)(?:[)\]"'}=]*\s*)          # iVBORw0KGgo...
    | (?:\.\.\.|\u2026).*
    | [A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+              # BASE64_DATA, MODEL_ID
    | (?:[A-Za-z0-9]+[ _-])*(?:base64|BASE64|b64)(?:[ _-][A-Za-z0-9]+)*   # base64_image_data
    | \[[^\[\]\n]+\] | \([^()\n]+\)                 # [your question], (the text of the document)
    """,
    re.VERBOSE | re.DOTALL,
)
_PART: Final = regex(
    r"\[(?!\d)(?:[\w'\u2019,.&/-]{1,30}[ ]){1,20}[\w'\u2019,.&/-]{1,30}\]"  # [the full text of the agreement]
    r"|<(?:insert|your|paste|full|entire|long|large)\b[^<>\n]{0,100}>",
    re.IGNORECASE,
)


def has_placeholder(text: str) -> bool:
    """Whether a text in documentation has a part that only stands for another one, so that its length says nothing."""
    return len(text) <= _LONGEST_WITH_PART and _PART.search(text) is not None


def is_placeholder(text: str, *, is_fragment: bool = False) -> bool:
    """Whether a whole text only stands for another one.

    Args:
        text: The value of a literal.
        is_fragment: Whether it stands in documentation, where texts are cut short and described as well.
    """
    if len(text) > _LONGEST:
        return is_fragment and text.rstrip().endswith(("...", "\u2026"))
    word = text.strip()
    return bool(_ANYWHERE.fullmatch(word) or (is_fragment and _IN_DOCUMENTATION.fullmatch(word)))
