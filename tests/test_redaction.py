"""What is hidden of a text, and what is not."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import FIXTURES, ROOT
from tests.secrets import BODY, FORMS, shown_in
from tests.test_leaks import SECRETS
from validator.common.lazy_regex import regex
from validator.common.redaction import KINDS, MASK, holds_secret, masked, masked_data, names_secret, redacted, start_of
from validator.common.wording import any_of, code, names, quotation, shown

KEY = FORMS["Anthropic"]
OTHERS = {
    "sk-" + "or-v1-" + "0123456789abcdef" * 4: "sk-or-…",
    "sk-" + "ant-admin01-" + BODY: "sk-ant-…",
    "sk-" + "x" * 48: "sk-…",
    "gh" + "s_" + BODY[:36]: "ghs_…",
    "github_" + "pat_" + BODY[:22] + "_" + BODY: "github_pat_…",
    "glp" + "at-" + BODY[:20]: "glpat-…",
    "np" + "m_" + BODY[:36]: "npm_…",
    "py" + "pi-AgEIcHlwaS5vcmc" + BODY: "pypi-…",
    "ya" + "29." + BODY: "ya29.…",
    "S" + "G." + BODY[:22] + "." + BODY[:43]: "SG.…",
    "xa" + "i-" + BODY: "xai-…",
    "gs" + "k_" + BODY: "gsk_…",
    "pp" + "lx-" + BODY: "pplx-…",
    "sk" + "_test_" + BODY[:24]: "sk_test_…",
    "AI" + "za" + BODY[:35]: "AIza…",
    "AK" + "IAQ7ZLW3RTN5XKPH4E " + (BODY * 2)[:40]: "AKIA… …",
    "https://user:pass@example.com/a": "https://…@example.com/a",
    "https://" + BODY[:30] + "@example.com": "https://…@example.com",
    "https://example.com/?x=1&access_token=" + BODY + "&y=2": "https://example.com/?x=1&access_token=…&y=2",
    "https://hooks.slack.com/services/T01234567/B0123456/" + BODY[:24]: "https://hooks.slack.com/services/…",
    '"x-api-key": "' + BODY + '"': '"x-api-key": "…"',
    "password = correct-h0rse": "password = …",
    "api_key: >-\n    " + BODY + "\n": "api_key: >-\n    …\n",
    "Authorization: Basic " + "dXNlcjpwYXNzd29yZDE=": "Authorization: Basic …",
    "authorization: bearer " + BODY: "authorization: bearer …",
    r"\nsk-" + BODY[:48] + r"\n": r"\nsk-…\n",
    "\\u0073k-" + "ant-api03-" + BODY: "\\u0073k-ant-…",
    "s\\u006B\\u002D" + "ant-api03-" + BODY: "s\\u006B\\u002Dant-…",
    "sk%2D" + "ant%2Dapi03%2D" + BODY: "sk%2Dant%2D…",
}
PLAIN = (
    "claude-haiku-4-5-20251001",
    "toolu_01A09q90qw90lq917835lq9",
    "srvtoolu_01WYG3ziw53XMcoyKL4XcZmE and msg_01XFDUDYJgAACzvnptvVoYEL",
    "container_011CUP9xRkqf3wTz7B2mHnYd",
    "file_011CNha8iCJcU1wXNR6q4V8w",
    "550e8400-e29b-41d4-a716-446655440000",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "eyJzaWduYXR1cmUiOiAiYmFzZTY0IG9mIEpTT04gd2l0aG91dCBhIGRvdCJ9",
    '"max_tokens": 64000, "budget_tokens": 32000',
    '"token": "toolu_01A09q90qw90lq917835lq9"',
    "Tokens of GitHub begin with ghp_, keys with AKIA, ours with sk-ant-api03-",
    "the task-manager, a risk-based and disk-to-disk approach; the key-value store npm_config",
    "https://example.com:8080/a@b and mailto:someone@example.com and git@github.com:a/b.git",
    "the basic idea, a basic claude-haiku-4-5-20251001, the bearer of bad news",
    "password: required, token: string, secret: ${SECRET}, api_key: os.environ",
)


@pytest.mark.parametrize("secret", [*FORMS.values(), *SECRETS.values()])
def test_nothing_of_a_secret_but_its_beginning_is_shown(secret: str) -> None:
    for text in (secret, f"see {secret} here", f"({secret})", f"x={secret}\n"):
        assert holds_secret(text)
        assert not shown_in(redacted(text))
        assert not shown_in(masked(text))


@pytest.mark.parametrize("secret", OTHERS)
def test_the_beginning_names_the_kind_of_a_secret(secret: str) -> None:
    assert redacted(secret) == OTHERS[secret]


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_a_little_like_a_secret_is_shown(text: str) -> None:
    assert redacted(text) == text


def test_requests_and_guides_without_secrets_are_shown_as_they_are() -> None:
    files = [*(FIXTURES / "good").rglob("*.*"), *(FIXTURES / "bad").rglob("*.*"), *(ROOT / "docs").rglob("*.md")]
    assert len(files) > 100
    for file in files:
        data = file.read_bytes()
        assert masked_data(data) is data, file


def test_a_private_key_is_hidden_up_to_its_end_and_no_further() -> None:
    text = f"{FORMS['private key']}\nmodel: claude-haiku-4-5\n"
    hidden = masked(text)
    assert hidden.count("\n") == text.count("\n")
    assert hidden.endswith("KEY-----\nmodel: claude-haiku-4-5\n")


def test_a_private_key_that_has_no_end_is_hidden_as_well() -> None:
    text = FORMS["private key"].rpartition("\n")[0]
    assert not shown_in(masked(f'{{"a": "{text}", "b": 1}}'))
    assert masked(f'{{"a": "{text}", "b": 1}}').endswith('", "b": 1}')


def test_the_secret_of_aws_is_hidden_where_its_id_is_near() -> None:
    pair = ("AK" + "IAQ7ZLW3RTN5XKPH4E", BODY[:40])
    for text in (f"{pair[0]}:{pair[1]}", f"{pair[1]} {pair[0]}", f'{{"id": "{pair[0]}", "sec": "{pair[1]}"}}'):
        assert not shown_in(redacted(text))
    assert redacted(pair[1]) == pair[1]


def test_a_key_in_utf_16_is_hidden() -> None:
    assert MASK * 30 in masked_data(KEY.encode("utf-16-le")).decode()


def test_a_key_that_yaml_goes_on_with_on_the_next_line_is_hidden() -> None:
    text = f'system: "{KEY[:30]}\\\n  {KEY[30:]}"\nmodel: m\n'
    assert not shown_in(masked(text))
    assert masked(text).endswith('"\nmodel: m\n')


def test_secrets_are_hidden_in_long_texts_at_every_offset() -> None:
    for offset in range(3900, 4200, 7):
        text = "a " * (offset // 2) + KEY + " b" * 5000 + KEY
        assert not shown_in(masked(text)), offset


def test_a_secret_is_known_before_a_text_is_cut() -> None:
    for before in range(80):
        text = "a" * before + " " + KEY + " and so on" * 60
        for said in (shown(text), code(text), quotation(text), any_of([text]), names([text])):
            assert not shown_in(said), (before, said)


@given(
    st.text(alphabet=st.sampled_from("sk-antghp_:/@=?&\\u0073 \n\"'{}%AKIAeyJ.")),
    st.sampled_from(sorted(FORMS.values())),
)
def test_a_masked_text_keeps_its_columns_and_is_masked_once(text: str, secret: str) -> None:
    for whole in (text, f"{text} {secret}"):
        hidden = masked(whole)
        assert len(hidden) == len(whole)
        assert [len(line) for line in hidden.split("\n")] == [len(line) for line in whole.split("\n")]
        assert not any(new not in {old, MASK} for old, new in zip(whole, hidden, strict=True))
        assert redacted(redacted(whole)) == redacted(whole)


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_the_start_of_a_text_without_secrets_is_its_start(text: str, length: int) -> None:
    if not holds_secret(text):
        assert start_of(text, length) == text[:length]


@pytest.mark.parametrize("name", ["password", "authorization_token", "x-api-key", "ANTHROPIC_API_KEY", "client_secret"])
def test_names_say_that_a_value_is_a_secret(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize("name", ["max_tokens", "budget_tokens", "key", "tokenizer", "passwords"])
def test_other_names_say_nothing_of_their_value(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize("between", [r"\n", "\n", "\n    ", " \\\n  ", "\u200b", r"\u200b", "\u00ad", "\ufeff"])
def test_a_secret_that_was_broken_is_hidden_to_its_end(between: str) -> None:
    broken = f"{KEY[:40]}{between}{KEY[40:]}"
    assert not shown_in(redacted(broken))
    assert not shown_in(masked(broken))


def test_words_behind_a_secret_are_shown() -> None:
    assert (
        redacted(f"{KEY} is the key of production2 in Frankfurt") == "sk-ant-… is the key of production2 in Frankfurt"
    )


@pytest.mark.parametrize(
    "text",
    [
        '"authorization_tokn": "hunter2Secret99"',
        '"api_ky": "hunter2Secret99"',
        '"pasword": "hunter2Secret99"',
        "curl -u bob:hunter2Secret99 https://example.com",
        "curl --user 'bob:hunter2Secret99' https://example.com",
    ],
)
def test_passwords_are_hidden_under_misspelt_names_and_in_commands(text: str) -> None:
    assert "hunter2" not in redacted(text)
    assert "hunter2" not in masked(text)


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(
    "text",
    [
        '{"password": "hunter2Secret99"}',
        "password =\n  hunter2Secret99",
        "Authorization: Bearer\n\thunter2Secret99xyz",
        "Authorization: Basic\u00a0hunter2Secret99",
        'curl -u "bob:hunter2Secret99"',
        "https://é:hunter2Secret99@example.com",
        "?sig=éhunter2Secret99",
    ],
)
def test_a_secret_in_json_in_json_is_hidden(text: str, times: int) -> None:
    for _ in range(times):
        text = json.dumps(text)
        assert "hunter2" not in redacted(text)
        assert "hunter2" not in masked(text)


def test_a_secret_whose_signs_are_escaped_as_in_markdown_is_hidden() -> None:
    assert not shown_in(redacted(FORMS["Anthropic"].replace("-", r"\-")))


def test_what_is_looked_for_in_texts_alone_is_in_no_name() -> None:
    words = ("", "bearer", "Basic", "api_key", "password", "token", "-u", "--user", "sig", "aA1" * 8, "0123456789")
    in_texts = [kind for kind in KINDS if not kind.is_like_a_name]
    every = regex("|".join(f"(?:{kind.prefix})(?:{kind.body})" for kind in in_texts))
    for parts in product(words, repeat=3):
        for sign in "-_./":
            assert every.search(sign.join(parts)) is None
    assert all(every.search(text) for text in ("token: " + BODY, "https://user:pass@example.com"))
