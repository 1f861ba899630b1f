"""Made-up secrets, put together only here, so that no scanner takes the repository for a leak."""

from __future__ import annotations

from typing import Final

BODY: Final = "q8Zr2LxV7nTb4KcY1mWd9EsH3fJu6PgA5oRiQ0tNvB7yXk2MeD4h"
"""The part that is secret of all of them."""
PIECES: Final = tuple(BODY[start : start + 8] for start in range(0, len(BODY) - 7, 4))
"""Every stretch of 12 characters of the body holds one of these."""
FORMS: Final = {
    "Anthropic": f"sk-{'ant'}-api03-{BODY}",
    "GitHub": f"gh{'p'}_{BODY[:36]}",
    "in a sentence": f"\nuse sk-{'ant'}-api03-{BODY}, or not",
    "URL with a password": f"https://user:{BODY}@example.com/v1",
    "parameter of a URL": f"https://example.com/v1?api_key={BODY}&x=1",
    "private key": f"-----BEGIN RSA PRIV{'ATE'} KEY-----\n{BODY}\n{BODY}\n-----END RSA PRIV{'ATE'} KEY-----",
    "bearer": f"Authorization: Bearer {BODY}",
    "JSON Web Token": f"ey{'J'}{BODY[:20]}.{BODY[8:28]}.{BODY[16:]}",
    "legacy OpenAI": f"s{'k'}-{BODY[:48]}",
    "JSON in a string": f'{{"a": "x\\n\\u0073k-{"ant"}-api03-{BODY}"}}',
    "long text": f"{'word ' * 5}sk-{'ant'}-api03-{BODY * 3} {'word ' * 40}",
    "Slack": f"xo{'x'}b-2048193847-{BODY[:24]}",
    "Hugging Face": f"h{'f'}_{BODY[:34]}",
}


def shown_in(text: str) -> list[str]:
    """Return the pieces of the secrets' body that a text shows."""
    return [piece for piece in PIECES if piece in text]
