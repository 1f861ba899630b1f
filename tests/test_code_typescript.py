"""Requests in TypeScript and JavaScript: what is read of them, and what is left alone."""

from __future__ import annotations

import builtins
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.code import ts_syntax
from validator.code.call import Call, Source
from validator.code.typescript import SUFFIXES, read
from validator.common.errors import MissingParserError
from validator.documents.written import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.documents.written import Written

pytest.importorskip("tree_sitter")

BODY = '{ model: "claude-opus-4-8", max_tokens: 5, messages: [] }'
CALL = f"client.messages.create({BODY})"


def shown(written: Written) -> Any:
    """Return a value as JSON has it, with `<kind>` for what is unknown and `...` for what may follow."""
    if written.unknown is not None:
        return f"<{written.unknown}>"
    if written.items is not None:
        return [shown(item) for item in written.items] + ["..."] * written.is_open
    if written.properties is not None:
        members = {name: shown(member.value) for name, member in written.properties.items()}
        return {**members, "...": True} if written.is_open else members
    return written.value


def calls(text: str, *, name: str = "x.ts", is_fragment: bool = False) -> list[Call]:
    return read(text.encode(), name=name, is_fragment=is_fragment).calls


def only(text: str, *, name: str = "x.ts", is_fragment: bool = False) -> Call:
    (call,) = calls(text, name=name, is_fragment=is_fragment)
    return call


def system(text: str, before: str = "") -> Any:
    """Return what is read of an expression where `system` is written; `None` is `null`, and KeyError not sent."""
    call = only(f'{before}\nclient.messages.create({{ model: "claude-opus-4-8", system: {text} }});')
    return shown(call.body)["system"]


def cut(data: bytes, written: Written) -> str:
    return data[written.start : written.end].decode()


# The calls


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        (CALL, "messages"),
        (f"await {CALL};", "messages"),
        (f"void {CALL}", "messages"),
        (f"const x = await {CALL}.withResponse()", "messages"),
        (f"{CALL}.asResponse().then(f)", "messages"),
        (f"client.messages.stream({BODY}).finalMessage()", "messages"),
        (f"client.messages.stream({BODY}).on('text', f)", "messages"),
        (f"client?.messages.create({BODY})", "messages"),
        (f"client?.messages?.create?.({BODY})", "messages"),
        (f"client!.messages!.create({BODY})", "messages"),
        (f"(client as any).messages.create({BODY})", "messages"),
        (f"(client.messages.create as any)({BODY})", "messages"),
        (f"(client.messages as any).create({BODY})", "messages"),
        (f"this.client.messages.create({BODY})", "messages"),
        (f"this.#client.messages.create({BODY})", "messages"),
        (f"new Anthropic().messages.create({BODY})", "messages"),
        (f"(new Anthropic()).beta.messages.create({BODY})", "messages"),
        (f"getClient().messages.create({BODY})", "messages"),
        (f"(await getClient()).messages.create({BODY})", "messages"),
        (f"clients[0].messages.create({BODY})", "messages"),
        (f"client\n  .messages\n  .create({BODY})", "messages"),
        (f"client.messages\n  // now\n  .create({BODY})", "messages"),
        (f"client.messages /* now */ .create({BODY})", "messages"),
        (f"client.beta.messages.create({BODY})", "messages"),
        (f"client.beta.messages.toolRunner({BODY})", "messages"),
        (f"client.messages.parse({BODY})", "messages"),
        (f"client.messages.countTokens({BODY})", "count_tokens"),
        (f"client.beta.messages.countTokens({BODY})", "count_tokens"),
        ("client.messages.batches.create({ requests: [] })", "batches"),
        ("client.beta.messages.batches.create({ requests: [] })", "batches"),
        (f"client.messages.create({BODY} as const)", "messages"),
        (f"client.messages.create(({BODY}))", "messages"),
        (f"client.messages.create({BODY} satisfies P)", "messages"),
        (f"client.messages.create(<P>{BODY})", "messages"),
        (f"client.messages.create<P>({BODY})", "messages"),
        (f"client.messages.create({BODY}, {{ timeout: 5, signal }})", "messages"),
        (f"client.messages.create(/* the body */ {BODY})", "messages"),
        (f"const p = {BODY}; client.messages.create(p)", "messages"),
        (f"const p = {BODY}; client.messages.create(p as P)", "messages"),
        (f"class A {{ async f() {{ for (const x of y) {{ return {CALL}; }} }} }}", "messages"),
        (f"export default async () => {CALL}", "messages"),
    ],
)
def test_calls_of_the_sdk_are_recognised(text: str, endpoint: str) -> None:
    call = only(text)

    assert call.sent.endpoint == endpoint
    assert call.body.properties is not None
    assert not call.is_refused_on_purpose


def test_a_call_spans_its_expression_and_its_body_begins_at_the_brace() -> None:
    text = f"const x = await {CALL}.withResponse();"
    call = only(text)

    assert text[call.start : call.end] == CALL
    assert text[call.body.start : call.body.end] == BODY


@pytest.mark.parametrize(
    "text",
    [
        "import Anthropic from '@anthropic-ai/sdk'; client.messages.create(params)",
        "anthropic.messages.create(params)",
        "const c = new Anthropic(); c.messages.create(build())",
        "const c = new Anthropic(); c.messages.create()",
        "const c = new Anthropic(); c.messages.create({})",
        "const c = new Anthropic(); c.messages.create({ ...params })",
        "function f(c: Anthropic, p: P) { return c.messages.create(p); }",
        "function f(c: Anthropic | undefined, p: P) { return c!.messages.create(p); }",
        "class A { constructor(private c: Anthropic) {} f(p) { return this.c.messages.create(p); } }",
        "class A { c; constructor() { this.c = new Anthropic(); } f(p) { return this.c.messages.create(p); } }",
        "import { claude } from './x'; claude.messages.create({ ...defaults, stream: true })",
        "anthropic.messages.create(...args)",
        "anthropic.messages.batches.create({ ...batch })",
    ],
)
def test_a_call_with_an_unknown_body_counts_if_the_client_is_ours(text: str) -> None:
    call = only(text)

    assert call.body.unknown == "any" or call.body.is_open or call.body.properties == {}


@pytest.mark.parametrize(
    "text",
    [
        "client.messages.create({ body: 'Hi', from: '+1', to: '+2' })",
        "client.messages.create({ body: 'Hi', messagingServiceSid: s, to })",
        "twilio.messages.create(options)",
        "import Anthropic from 'x'; twilioClient.messages.create(options)",
        "import Anthropic from 'x'; const c = twilio(a, b); c.messages.create(options)",
        "import Anthropic from 'x'; const c = new OpenAI(); c.messages.create(options)",
        "import Anthropic from 'x'; function f(c: Twilio) { c.messages.create(options); }",
        "openai.beta.threads.messages.create(id, { role: 'user', content: 'x' })",
        "openai.beta.threads.messages.create('thread_1', { role: 'user', content: 'x' })",
        "anthropic.agents.messages.create(id, { messages: [] })",
        "client.messages.create(id, { role: 'user', content: 'x' })",
        "client.messages.create(id, { messages: [], model: 'claude-opus-4-8' })",
        "prisma.messages.create({ data: { text: 'x' } })",
        "db.messages.create({ data })",
        "const anthropic = 1; db.messages.create({ data })",
        "import Anthropic from 'x'; client.messages.create({ ...options, statusCallback: url })",
        "db.messages.create({ stream: 'general', text })",
        "client.messages.batches.create({ requests: [{ params: { model: 'gpt-4o' } }] })",
        "client.messages.batches.create({ model: 'claude-opus-4-8', messages: [] })",
        "require('twilio')(sid, token).messages.create(options); // anthropic",
        "context.getTwilioClient().messages.create(options); // anthropic",
        "mg.messages.create('example.com', { from: 'a', to: 'b' })",
        "channel.messages.create('x')",
        "client.messages.create(params)",
        "client.messages.list({ model: 'claude-opus-4-8', messages: [] })",
        "client.messages.batches.retrieve('x')",
        "client.chat.completions.create({ model: 'claude-opus-4-8', messages: [] })",
        f"client.completions.messages.create({BODY})",
        "client.messages.create = jest.fn()",
        "anthropic.messages.create = async () => ({ model: 'claude-opus-4-8' })",
        "anthropic.messages.create.mockResolvedValue({ model: 'claude-opus-4-8', messages: [] })",
        "vi.mocked(anthropic.messages.create).mockResolvedValue({ model: 'x' })",
        f"expect(anthropic.messages.create).toHaveBeenCalledWith({BODY})",
        "jest.spyOn(anthropic.messages, 'create')",
        f"client.messages.create = jest.fn(); await {CALL}",
        f"const client = {{ messages: {{ create: vi.fn() }} }}; await {CALL}",
        f"mockClient.messages.create({BODY})",
        "const create = anthropic.messages.create.bind(anthropic.messages)",
        "client.messages.create({ model: 'gpt-4o', max_tokens: 5, messages: [] })",
        "const model = 'gemini-2.5-pro'; anthropic.messages.create({ model, max_tokens: 5, messages: [] })",
        f"const c = new Anthropic({{ baseURL: 'https://gateway.example.com/v1' }}); c.messages.create({BODY})",
        f"// {CALL}",
        f"/* {CALL} */",
        f"const text = `{CALL}`",
        "generateText({ model: anthropic('claude-opus-4-8'), messages: [] })",
        "xmessages.create({ model: 'claude-opus-4-8' })",
        f"type T = typeof client.messages.create; // {BODY}",
    ],
)
def test_other_calls_are_left_alone(text: str) -> None:
    assert calls(text) == []


# Values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a"', "a"),
        ("'a'", "a"),
        ('""', ""),
        (r'"a\nb\t\r\b\f\v\\\"\'\`\q"', "a\nb\t\r\b\f\v\\\"'`q"),
        (r'"\u00e9\u{1F600}\x41\0"', "\u00e9\U0001f600A\0"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d"', "\ud83d"),
        ('"a\\\nb"', "ab"),
        ('"a\\\r\nb"', "ab"),
        ("`a\n${'b'}`", "<text>"),
        ("`a b`", "a b"),
        ("`a\r\nb`", "a\nb"),
        (r"`a\`b`", "a`b"),
        ("`Hello ${name}`", "<text>"),
        ('"a" + "b"', "ab"),
        ('"a" + `b` + \'c\' + "d"', "abcd"),
        ('"a" + name', "<text>"),
        ('name + "a"', "<text>"),
        ("name + other", "<any>"),
        ("4_096", 4096),
        ("1e3", 1000),
        ("0x10", 16),
        ("0b11", 3),
        ("0o17", 15),
        ("017", "<number>"),
        (".5", 0.5),
        ("1.0", 1),
        ("-1", -1),
        ("+1", 1),
        ("10n", "<number>"),
        ("1e999", "<number>"),
        ("4 * 1024", 4096),
        ("2 ** 10 - 1", 1023),
        ("10 / 4", 2.5),
        ("1 / 0", "<number>"),
        ("7 % 4", 3),
        ("10 - 3 - 2", 5),
        ("(1 + 2) * 3", 9),
        ("n * 2", "<number>"),
        ("n + 2", "<any>"),
        ("1 + 'a'", "<text>"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("!x", "<any>"),
        ("x === y", "<any>"),
        ("NaN", "<any>"),
        ("/a/g", "<any>"),
        ("f()", "<any>"),
        ("await f()", "<any>"),
        ("new Date()", "<any>"),
        ("String(x)", "<text>"),
        ("JSON.stringify(x)", "<text>"),
        ("Number(x)", "<number>"),
        ("parseInt(x, 10)", "<number>"),
        ("Math.min(x, 5)", "<number>"),
        ("x.map(f)", "<array>"),
        ("x?.map(f)", "<any>"),
        ("x ? 'a' : 'b'", "<text>"),
        ("x ? 'a' : 1", "<any>"),
        ("x ? 'a' : undefined", "<any>"),
        ("x ? 'a' : y", "<any>"),
        ("x ? [] : [1]", "<array>"),
        ("x ?? 'a'", "<any>"),
        ("process.env.X ?? 'a'", "<any>"),
        ("process.env.X || 'a'", "<any>"),
        ("x && 'a'", "<any>"),
        ("('a')", "a"),
        ("'a' as const", "a"),
        ("'a' satisfies string", "a"),
        ("<string>'a'", "a"),
        ("'a'!", "a"),
        ("(('a' as any) as string)!", "a"),
        ("[]", []),
        ("[1, 'a',]", [1, "a"]),
        ("[1, , 2]", [1, "<any>", 2]),
        ("[1, undefined]", [1, "<any>"]),
        ("[...x]", ["<any>", "..."]),
        ("[1, ...x, 2]", [1, "<any>", 2, "..."]),
        ("[...[1, 2], 3]", [1, 2, 3]),
        ("[...(x ? [1] : []), 2]", ["<any>", 2, "..."]),
        ("Object.freeze([1])", [1]),
        ("Object.freeze({ a: 1 } as const)", {"a": 1}),
        ("{}", {}),
        ("{ a: 1, 'b-c': 2, 5: 3 }", {"a": 1, "b-c": 2, "5": 3}),
        ("{ 'a\\u0062': 1 }", {"ab": 1}),
        ("{ ['a']: 1 }", {"a": 1}),
        ("{ a: 1, [k]: 2 }", {"a": 1, "...": True}),
        ("{ a: 1, f() {}, async g() {}, h: (x) => x }", {"a": 1}),
        ("{ get a() { return 1; } }", {"a": "<any>"}),
        ("{ a: undefined, b: void 0, c: 1 }", {"c": 1}),
        ("{ a: 1, a: 2 }", {"a": 2}),
        ("{ a: 1, /* note */ b: 2, // and\n }", {"a": 1, "b": 2}),
        ("{ a: 1, ...x }", {"a": "<any>", "...": True}),
        ("{ ...x, a: 1 }", {"a": 1, "...": True}),
        ("{ a: 1, ...{ a: 2, b: 3 } }", {"a": 2, "b": 3}),
        ("{ a: 1, ...undefined, ...null }", {"a": 1}),
        ("{ a: 1, b: 2, ...(x ? { a: 3 } : {}) }", {"a": "<any>", "b": 2, "...": True}),
        ("{ b: 2, ...(x && { a }) }", {"b": 2, "a": "<any>", "...": True}),
        ("{ b: 2, ...(x ? y : {}) }", {"b": "<any>", "...": True}),
        ("{ b: 2, ...(x || {}) }", {"b": "<any>", "...": True}),
        ("{ b: 2, ...f() }", {"b": "<any>", "...": True}),
        ("{ __proto__: x, a: 1 }", {"a": 1, "...": True}),
        ("unheard", "<any>"),
        ("a.b", "<any>"),
        ("'<your prompt>'", "<text>"),
    ],
)
def test_values_are_read_as_they_are_sent(text: str, value: Any) -> None:
    found = system(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["undefined", "void 0", "() => 1", "async function () {}", "function* () {}"])
def test_undefined_and_functions_are_not_sent(text: str) -> None:
    with pytest.raises(KeyError):
        system(text)


@pytest.mark.parametrize(
    ("before", "text", "value"),
    [
        ("const a = 'x';", "a", "x"),
        ("let a = 'x';", "a", "x"),
        ("var a = 'x';", "a", "x"),
        ("export const a = 'x' as const;", "a", "x"),
        ("const a: string = 'x';", "a", "x"),
        ("const b = 'x'; const a = b;", "a", "x"),
        ("const a = b; const b = a;", "a", "<any>"),
        ("const a = { a };", "a", {"a": "<any>"}),
        ("const a = [a];", "a", ["<any>"]),
        ("let a = 'x'; a = 'y';", "a", "<any>"),
        ("let a = 'x'; if (b) a += 'y';", "a", "<any>"),
        ("let a = 1; a++;", "a", "<any>"),
        ("let a;", "a", "<any>"),
        ("let a; a = 'x';", "a", "<any>"),
        ("var a = 'x'; var a = 'y';", "a", "<any>"),
        ("let a = 'x'; [a] = f();", "a", "<any>"),
        ("let a = 'x'; ({ a } = f());", "a", "<any>"),
        ("let a = 'x'; ({ b: a } = f());", "a", "<any>"),
        ("let a = 'x'; for (a of b) {}", "a", "<any>"),
        ("const { a } = b;", "a", "<any>"),
        ("const { a = 'x' } = b;", "a", "<any>"),
        ("const [a = 'x'] = b;", "a", "<any>"),
        ("import a from './a';", "a", "<any>"),
        ("import { a } from './a';", "a", "<any>"),
        ("import { b as a } from './a';", "a", "<any>"),
        ("import * as a from './a';", "a", "<any>"),
        ("function a() {}", "a", "<any>"),
        ("class a {}", "a", "<any>"),
        ("declare const a: string;", "a", "<any>"),
        ("const a = [1];", "a", [1]),
        ("const a = [1]; a.push(2);", "a", "<array>"),
        ("const a = [1]; function f() { a.unshift(2); }", "a", "<array>"),
        ("const a = [1]; a[0] = 2;", "a", "<array>"),
        ("const a = [1]; a.length = 0;", "a", "<array>"),
        ("let a = [1]; a.push(2);", "a", "<any>"),
        ("const a = { b: [] }; a.b.push(2);", "a", "<object>"),
        ("const a = { b: 1 }; a.b = 2;", "a", "<object>"),
        ("const a = { b: 1 }; a!.b = 2;", "a", "<object>"),
        ("const a = { b: 1 }; (a as any).b = 2;", "a", "<object>"),
        ("const a = { b: 1 }; a['b'] ||= 2;", "a", "<object>"),
        ("const a = { b: 1 }; delete a.b;", "a", "<object>"),
        ("const a = { b: 1 }; Object.assign(a, c);", "a", "<object>"),
        ("const a = { b: 1 }; console.log(a, a.b);", "a", {"b": 1}),
        ("const a = [1]; a.map(f); a.forEach(g);", "a", [1]),
        ("const a = [1]; grow(a);", "a", [1, "..."]),
        ("const a = []; grow(a);", "a", ["..."]),
        ("const a = { b: 1 }; grow(a);", "a", {"b": 1, "...": True}),
        ("const a = 'x'; f(a);", "a", "x"),
        ("const a = { b: 1, c: { d: 'x' } };", "a.c.d", "x"),
        ("const a = { b: 1, c: { d: 'x' } };", "a['c']['d']", "x"),
        ("const a = { 'b-c': 'x' };", "a['b-c']", "x"),
        ("const a = { b: 'x' }; const k = 'b';", "a[k]", "x"),
        ("const a = { b: 'x' };", "a.c", "<any>"),
        ("const a = { b: 'x', ...c };", "a.b", "<any>"),
        ("const a = { b: 'x' } as const; ", "a?.b", "x"),
        ("const a = ['x', 'y'];", "a[1]", "y"),
        ("const a = ['x', 'y'];", "a[2]", "<any>"),
        ("const a = ['x', 'y'];", "a[i]", "<any>"),
        ("const a = ['x', 'y'];", "a.length", "<any>"),
        ("const a = { b: 'x' }; a.b = 'y';", "a.b", "<any>"),
        ("enum A { B = 'x', C }", "A.B", "x"),
        ("const enum A { B = 'x', C }", "A.C", "<number>"),
        ("export enum A { 'b-c' = 'x' }", "A['b-c']", "x"),
        ("class A { static readonly B = 'x'; }", "A.B", "x"),
        ("class A { static B = 'x'; } A.B = 'y';", "A.B", "<any>"),
        ("class A { B = 'x'; }", "A.B", "<any>"),
        ("const a = { b: 1 };", "{ ...a, c: 2 }", {"b": 1, "c": 2}),
        ("const a = { b: 1 };", "{ b: 2, ...a }", {"b": 1}),
        ("const a = { b: 1, ...x };", "{ b: 2, c: 3, ...a }", {"b": "<any>", "c": "<any>", "...": True}),
        ("const a = [1, 2];", "[0, ...a, 3]", [0, 1, 2, 3]),
        ("const a = 1;", "{ a }", {"a": 1}),
        ("const a = undefined;", "{ a, b: 1 }", {"b": 1}),
        ("const K = 1024;", "4 * K", 4096),
        ("namespace N { export const a = 1; }", "N.a", "<any>"),
    ],
)
def test_names_are_followed_where_it_is_certain_what_they_stand_for(before: str, text: str, value: Any) -> None:
    found = system(text, before)

    assert found == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("const a = 'x'; function f(a) { CALL }", "<any>"),
        ("const a = 'x'; function f(a = 'y') { CALL }", "<any>"),
        ("const a = 'x'; function f(...a) { CALL }", "<any>"),
        ("const a = 'x'; function f({ a }) { CALL }", "<any>"),
        ("const a = 'x'; function f({ b: [a] }: P) { CALL }", "<any>"),
        ("const a = 'x'; const f = a => CALL", "<any>"),
        ("const a = 'x'; const f = (a: string, b?: number) => CALL", "<any>"),
        ("const a = 'x'; const f = (b: string) => CALL", "x"),
        ("const a = 'x'; function f() { const a = 'y'; CALL }", "y"),
        ("const a = 'x'; function f() { { const a = 'y'; } CALL }", "x"),
        ("const a = 'x'; function f() { { var a = 'y'; } CALL }", "y"),
        ("const a = 'x'; function f() { if (b) { let a = 'y'; a = 'z'; } CALL }", "x"),
        ("const a = 'x'; for (const a of b) { CALL }", "<any>"),
        ("const a = 'x'; for (const a in b) CALL", "<any>"),
        ("const a = 'x'; for (const [a, c] of b) { CALL }", "<any>"),
        ("for (let a = 0; a < 9; a++) { CALL }", "<any>"),
        ("const a = 'x'; try { f() } catch (a) { CALL }", "<any>"),
        ("const a = 'x'; try { f() } catch ({ a }) { CALL }", "<any>"),
        ("const a = 'x'; class A { m(a) { CALL } }", "<any>"),
        ("const a = 'x'; class A { m(b) { CALL } }", "x"),
        ("const a = 'x'; const f = function a() { CALL }", "<any>"),
        ("const a = 'x'; items.map((b) => { const c = b; return CALL })", "x"),
        ("switch (b) { case 1: const a = 'x'; CALL }", "x"),
        ("function f() { CALL } const a = 'x';", "x"),
    ],
)
def test_inner_names_hide_outer_ones(text: str, value: Any) -> None:
    call = only(text.replace("CALL", "client.messages.create({ model: 'claude-opus-4-8', system: a })"))

    assert shown(call.body)["system"] == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("private readonly a = 'x';", "x"),
        ("readonly a: string = 'x';", "x"),
        ("static readonly a = 'x';", "x"),
        ("private a = 'x';", "x"),
        ("a = 'x';", "<any>"),
        ("private a = 'x'; set(b) { this.a = b; }", "<any>"),
        ("private a = ['x']; set(b) { this.a.push(b); }", "<any>"),
        ("private a?: string;", "<any>"),
        ("private readonly a: string; constructor() { this.a = 'x'; }", "<any>"),
        ("constructor(private readonly a = 'x') {}", "<any>"),
    ],
)
def test_fields_are_followed_if_they_are_never_set_again(field: str, value: Any) -> None:
    call = only(f"class A {{ {field} f() {{ client.messages.create({{ system: this.a, messages: [] }}) }} }}")

    assert shown(call.body)["system"] == value


def test_a_private_name_of_a_class_is_followed() -> None:
    call = only("class A { #a = 'x'; f() { client.messages.create({ system: this.#a, messages: [] }) } }")

    assert shown(call.body)["system"] == "x"


# Places


def test_a_value_is_where_it_is_written() -> None:
    text = (
        "const model = 'claude-é';\n"
        "client.messages.create({ model, 'max_tokens': 4 * 1024, messages: [{ role: `user` }] })"
    )
    data = text.encode()
    body = read(data).calls[0].body
    members = body.properties or {}
    (message,) = members["messages"].value.items or []

    assert cut(data, members["model"].value) == "'claude-é'"
    assert data[slice(*members["model"].key)] == b"model"
    assert members["model"].key[0] > data.index(b"create")
    assert data[slice(*members["max_tokens"].key)] == b"'max_tokens'"
    assert cut(data, members["max_tokens"].value) == "4 * 1024"
    assert cut(data, (message.properties or {})["role"].value) == "`user`"
    assert cut(data, body).startswith("{ model")


def test_the_key_in_brackets_is_at_its_quote() -> None:
    data = b"client.messages.create({ ['model']: 'claude-x' })"
    members = read(data).calls[0].body.properties or {}

    assert data[slice(*members["model"].key)] == b"'model'"


@pytest.mark.parametrize(
    ("text", "is_editable"),
    [
        ("'a'", True),
        ("5", True),
        ("-5", True),
        ("null", True),
        ("`a`", True),
        ("'a' as const", True),
        ("[1]", True),
        ("{ a: 1 }", True),
        (r"`a\n`", False),
        ("'a' + 'b'", False),
        ("4 * 2", False),
        ("-(2)", False),
        ("{ ...{ a: 1 } }", False),
        ("[...[1]]", False),
        ("x", False),
        ("x ? 'a' : 'b'", False),
    ],
)
def test_only_what_is_a_literal_may_be_replaced(text: str, is_editable: bool) -> None:  # noqa: FBT001 - a parameter
    call = only(f"client.messages.create({{ model: 'claude-opus-4-8', system: {text} }})")

    assert (call.body.properties or {})["system"].value.is_editable is is_editable


# How it is sent


@pytest.mark.parametrize(
    ("text", "betas"),
    [
        ("client.beta.messages.create({ ...B, betas: ['a', 'b'] })", {"a", "b"}),
        ("client.beta.messages.create({ ...B, betas: ['a', x] })", None),
        ("client.beta.messages.create({ ...B, betas })", None),
        ("client.beta.messages.create({ ...B })", None),
        ("client.beta.messages.create({ ...B, betas: ['a'], ...x })", None),
        ("client.messages.create(B, { headers: { 'anthropic-beta': 'a, b' } })", {"a", "b"}),
        ("client.messages.create(B, { headers: { 'Anthropic-Beta': x } })", None),
        ("client.messages.create(B, { headers })", None),
        ("client.messages.create(B, options)", None),
        ("client.messages.create(B, { timeout: 5 })", None),
        ("client.beta.messages.create({ ...B, betas: ['a'] }, { headers: { 'anthropic-beta': 'b' } })", {"b"}),
        ("client.beta.messages.parse({ ...B, betas: ['a'] })", {"a", "structured-outputs-2025-12-15"}),
        ("client.beta.messages.countTokens({ ...B, betas: ['a'] })", {"a", "token-counting-2024-11-01"}),
        (
            "const c = new Anthropic({ defaultHeaders: { 'anthropic-beta': 'a' } }); c.messages.create(B)",
            {"a"},
        ),
    ],
)
def test_betas_are_known_if_the_call_says_all_of_them(text: str, betas: set[str] | None) -> None:
    call = only(f"const B = {BODY};\n{text}")

    assert call.sent.betas == (None if betas is None else frozenset(betas))
    assert "betas" not in (call.body.properties or {})


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("const c = new Anthropic(); c.messages.create(B)", None),
        ("const c = new AnthropicBedrock(); c.messages.create(B)", "bedrock"),
        ("const c = new AnthropicVertex({ region: 'x' }); c.beta.messages.create(B)", "google"),
        ("new AnthropicVertex().messages.create(B)", "google"),
        ("function f(c: AnthropicBedrock) { c.messages.create(B) }", "bedrock"),
        ("class A { c = new AnthropicBedrock(); f() { this.c.messages.create(B) } }", "bedrock"),
        ("class A { c: AnthropicBedrock; f() { this.c.messages.create(B) } }", "bedrock"),
        ("class A { constructor(private c: AnthropicVertex) {} f() { this.c.messages.create(B) } }", "google"),
        ("class A { constructor() { this.c = new AnthropicVertex() } f() { this.c.messages.create(B) } }", "google"),
        ("import { AnthropicBedrock as X } from '@anthropic-ai/bedrock-sdk'; new X().messages.create(B)", "bedrock"),
        ("import X from '@anthropic-ai/vertex-sdk'; const c = new X(); c.messages.create(B)", "google"),
        ("const c = wrap(new AnthropicVertex()); c.messages.create(B)", "google"),
        ("const c = new Anthropic().beta; c.messages.create(B)", None),
    ],
)
def test_the_class_of_the_client_tells_the_platform(text: str, platform: str | None) -> None:
    call = only(f"const B = {BODY};\n{text}")

    assert call.sent.platform == platform


def test_a_header_of_the_call_tells_the_version_of_the_api() -> None:
    call = only(f"client.messages.create({BODY}, {{ headers: {{ 'anthropic-version': '2023-06-01' }} }})")

    assert call.sent.api_version == "2023-06-01"


def test_parameters_of_the_client_are_not_in_the_body() -> None:
    call = only(
        "client.beta.messages.toolRunner({ model: 'claude-opus-4-8', max_iterations: 5, compactionControl: {},"
        " user_profile_id: 'x', tools: [betaZodTool({ name: 'a' }), { name: 'b' }] })"
    )

    assert shown(call.body) == {"model": "claude-opus-4-8", "tools": ["<any>", {"name": "b"}]}


def test_betas_without_the_beta_namespace_are_sent_in_the_body() -> None:
    known = only("const c = new Anthropic(); c.messages.create({ model: 'claude-opus-4-8', betas: ['a'] })")
    unknown = only("x.messages.create({ model: 'claude-opus-4-8', betas: ['a'] })")

    assert shown(known.body)["betas"] == ["a"]
    assert "betas" not in shown(unknown.body)


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("output_format: { type: 'json_schema' }", {"format": {"type": "json_schema"}}),
        ("output_format: zodOutputFormat(X)", "<any>"),
        ("output_config: { effort: 'low' }, output_format: { a: 1 }", {"effort": "low", "format": {"a": 1}}),
        ("output_config: { format: zodOutputFormat(X) }", {"format": "<any>"}),
    ],
)
def test_the_output_format_is_sent_as_part_of_the_output_config(text: str, config: Any) -> None:
    call = only(f"client.beta.messages.parse({{ model: 'claude-opus-4-8', {text} }})")

    assert shown(call.body) == {"model": "claude-opus-4-8", "output_config": config}


@pytest.mark.parametrize(
    "requests",
    [
        "items.map((x) => ({ custom_id: x.id, params: P }))",
        "items.map((x) => { return { custom_id: x.id, params: P }; })",
        "items.map(function (x) { const y = 1; return { custom_id: x.id, params: P }; })",
        "Array.from(items, (x) => ({ custom_id: x.id, params: P }))",
        "requests",
    ],
)
def test_the_item_that_a_loop_makes_for_a_batch_counts_as_one(requests: str) -> None:
    before = "const requests = items.map((x) => ({ custom_id: x.id, params: P }));"
    params = "{ model: 'claude-opus-4-8', max_tokens: 1, messages: [{ role: 'user', content: x.text }] }"
    text = f"{before} client.messages.batches.create({{ requests: {requests} }})".replace("P", params)

    assert shown(only(text).body) == {
        "requests": [
            {
                "custom_id": "<any>",
                "params": {
                    "model": "claude-opus-4-8",
                    "max_tokens": 1,
                    "messages": [{"role": "user", "content": "<any>"}],
                },
            },
            "...",
        ]
    }


# Requests without the SDK

URL = "https://api.anthropic.com/v1/messages"


@pytest.mark.parametrize(
    "text",
    [
        f"fetch('{URL}', {{ method: 'POST', body: JSON.stringify(B) }})",
        f"await globalThis.fetch(`{URL}`, {{ method: 'post', headers, body: JSON.stringify(B) }})",
        f"const url = '{URL}'; fetch(url, {{ method: 'POST', body: JSON.stringify(B) }})",
        "const base = 'https://api.anthropic.com'; fetch(`${base}/v1/messages`, { body: JSON.stringify(B) })",
        "const base = 'https://api.anthropic.com'; fetch(base + '/v1/messages', { body: JSON.stringify(B) })",
        "const C = { url: 'https://api.anthropic.com' }; fetch(`${C.url}/v1/messages`, { body: JSON.stringify(B) })",
        f"fetch(`{URL}?beta=${{x}}`, {{ body: JSON.stringify(B) }})",
        f"const body = JSON.stringify(B); fetch('{URL}', {{ method: 'POST', body }})",
        f"const options = {{ method: 'POST', body: JSON.stringify(B) }}; fetch('{URL}', options)",
        f"fetchWithRetry('{URL}', {{ method: 'POST', body: JSON.stringify(B) }})",
        f"$fetch('{URL}', {{ method: 'POST', body: B }})",
        f"axios.post('{URL}', B, {{ headers }})",
        f"axios.post('{URL}', B)",
        f"axios({{ method: 'post', url: '{URL}', data: B, headers }})",
        f"axios.request({{ method: 'POST', url: '{URL}', data: B }})",
        f"got.post('{URL}', {{ json: B }}).json()",
        f"ky.post('{URL}', {{ json: B }})",
        f"undici.request('{URL}', {{ method: 'POST', body: JSON.stringify(B) }})",
        f"axios.post<Answer>('{URL}', B)",
        f"this.http.post('{URL}', B, {{ headers }})",
        f"fetch(new URL('{URL}'), {{ method: 'POST', body: JSON.stringify(B) }})",
        "fetch(new URL('/v1/messages', 'https://api.anthropic.com'), { body: JSON.stringify(B) })",
        f"fetch('{URL}' as const, {{ method: 'POST', body: JSON.stringify({{ ...B }}) }})",
    ],
)
def test_requests_without_the_sdk_are_read(text: str) -> None:
    call = only(f"const B = {BODY};\n{text}")

    assert call.sent.endpoint == "messages"
    assert call.sent.platform == "anthropic"
    assert shown(call.body) == {"model": "claude-opus-4-8", "max_tokens": 5, "messages": []}


@pytest.mark.parametrize(
    "text",
    [
        "fetch('https://example.com/v1/messages', { body: JSON.stringify(B) })",
        "fetch('https://api.anthropic.com/v1/models', { body: JSON.stringify(B) })",
        "fetch('https://api.anthropic.com.example.com/v1/messages', { body: JSON.stringify(B) })",
        "fetch(`${process.env.BASE}/v1/messages`, { body: JSON.stringify(B) }) // api.anthropic.com",
        "fetch(`https://api.anthropic.com/${path}`, { body: JSON.stringify(B) })",
        "fetch('https://api.anthropic.com/v1/messages/batches')",
        "fetch('https://api.anthropic.com/v1/messages/batches', { method: 'GET', headers })",
        "expect(fetch).toHaveBeenCalledWith('https://api.anthropic.com/v1/messages', { body: JSON.stringify(B) })",
        f"server.use(http.post('{URL}', () => HttpResponse.json({{}})))",
        f"server.use(rest.post('{URL}', (req, res, ctx) => res(ctx.json(B))))",
        f"fetchMock.post('{URL}', B)",
        f"mockFetch('{URL}', {{ method: 'POST', body: JSON.stringify(B) }})",
        "nock('https://api.anthropic.com').post('/v1/messages', B)",
        "const u = 'https://api.anthropic.com/v1/messages'; fetch(proxy, { body: JSON.stringify({ url: u, ...B }) })",
    ],
)
def test_requests_to_other_addresses_are_left_alone(text: str) -> None:
    assert calls(f"const B = {BODY};\n{text}") == []


@pytest.mark.parametrize(
    ("headers", "betas", "version"),
    [
        ("{ 'anthropic-version': '2023-06-01', 'x-api-key': key }", frozenset(), "2023-06-01"),
        ("{ 'anthropic-beta': 'a,b' }", frozenset({"a", "b"}), None),
        ("new Headers({ 'anthropic-beta': 'a' })", frozenset({"a"}), None),
        ("{ 'anthropic-beta': x }", None, None),
        ("{ ...x, 'anthropic-version': '2023-06-01' }", None, None),
        ("headers", None, None),
    ],
)
def test_headers_tell_the_betas_if_all_are_seen(
    headers: str, betas: frozenset[str] | None, version: str | None
) -> None:
    call = only(f"fetch('{URL}', {{ method: 'POST', headers: {headers}, body: JSON.stringify({BODY}) }})")

    assert call.sent.betas == betas
    assert call.sent.api_version == version


def test_a_request_whose_body_is_not_seen_counts() -> None:
    assert only(f"fetch('{URL}', {{ method: 'POST', body: JSON.stringify(body) }})").body.unknown == "any"


# On purpose


@pytest.mark.parametrize(
    "text",
    [
        "await expect(CALL).rejects.toThrow()",
        "await expect(CALL).rejects.toThrowError(/x/)",
        "await expect(CALL).rejects.toMatchObject({ status: 400 })",
        "await expect(async () => await CALL).rejects.toThrow(X)",
        "await expect(() => CALL).rejects.toBeInstanceOf(X)",
        "expect(() => { CALL }).toThrow()",
        "await expect(CALL).to.be.rejectedWith(X)",
        "expect(() => CALL).to.throw()",
        "await assert.rejects(CALL)",
        "await assert.rejects(async () => { await CALL; }, X)",
        "await assert.rejects(() => CALL, { status: 400 })",
        "t.throws(() => CALL)",
        "await t.throwsAsync(CALL)",
        "await assertRejects(() => CALL)",
        "const p = CALL; await expect(p).rejects.toThrow()",
        "const f = () => CALL; await expect(f()).rejects.toThrow()",
        "const f = async () => { await CALL; }; await assert.rejects(f)",
        "try { await CALL } catch (e) { if (e instanceof Anthropic.BadRequestError) console.log(e) }",
        "try { const x = await CALL; } catch (e) { expect(e.error.type).toBe('invalid_request_error') }",
        "await CALL.catch((e) => { if (e instanceof BadRequestError) log(e) })",
        "// @ts-expect-error\nCALL",
        "// @ts-expect-error: not there\nconst x = await CALL",
        "client.messages.create({\n model: 'claude-opus-4-8',\n // @ts-expect-error\n max_tokens: 'x' })",
    ],
)
def test_a_call_that_is_meant_to_fail_counts_and_is_not_checked(text: str) -> None:
    assert only(text.replace("CALL", CALL)).is_refused_on_purpose


@pytest.mark.parametrize(
    "text",
    [
        "expect(await CALL).toEqual(x)",
        "await expect(CALL).resolves.toBeDefined()",
        "await expect(CALL).resolves.not.toThrow()",
        "expect(() => CALL).not.toThrow()",
        "const p = CALL; await expect(p).resolves.toBe(x)",
        "const p = CALL; { const p = f(); await expect(p).rejects.toThrow() }",
        "try { await CALL } catch (e) { console.error(e) }",
        "try { await CALL } catch (e) { if (e instanceof Anthropic.APIError) log(e) }",
        "try { f() } catch (e) { if (e instanceof BadRequestError) await CALL }",
        "try { f() } finally { await CALL }",
        "// @ts-ignore\nCALL",
        "// @ts-expect-error\nf();\n\nCALL",
        "CALL;\n// @ts-expect-error\nf()",
        "await CALL.catch((e) => log(e))",
        "await assert.ok(CALL)",
    ],
)
def test_everyday_code_is_checked(text: str) -> None:
    assert not only(text.replace("CALL", CALL)).is_refused_on_purpose


# Fragments


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("{...}", {"...": True}),
        ("{ ... }", {"...": True}),
        ("{…}", {"...": True}),
        ("{\n  ...\n}", {"...": True}),
        ("{ ..., system: 'a' }", {"system": "a", "...": True}),
        ("{ model: 'claude-x', max_tokens: 1, ... }", {"model": "claude-x", "max_tokens": 1, "...": True}),
        ("{ model: 'claude-x',\n ...\n max_tokens: 1 }", {"model": "claude-x", "max_tokens": 1, "...": True}),
        ("{ model: 'claude-x', max_tokens: 1, // ...\n}", {"model": "claude-x", "max_tokens": 1, "...": True}),
        ("{ model: 'claude-x', max_tokens: 1, /* ... */ }", {"model": "claude-x", "max_tokens": 1, "...": True}),
        ("{ model: 'claude-x', max_tokens: 1, // rest...\n}", {"model": "claude-x", "max_tokens": 1, "...": True}),
        ("{ model: 'claude-x', max_tokens: 1, // cheap\n}", {"model": "claude-x", "max_tokens": 1}),
        ("{ model: 'claude-x', messages: [...] }", {"model": "claude-x", "messages": ["..."]}),
        ("{ model: 'claude-x', messages: ... }", {"model": "claude-x", "messages": "<any>"}),
        ("{ model: 'claude-x', messages: [/* the talk */] }", {"model": "claude-x", "messages": ["..."]}),
        ("{ model: 'claude-x', messages: [\n // the talk\n] }", {"model": "claude-x", "messages": ["..."]}),
        ("{ model: 'claude-x', messages: [1, ...] }", {"model": "claude-x", "messages": [1, "..."]}),
        ("{ model: 'claude-x', messages: [..., 1] }", {"model": "claude-x", "messages": ["<any>", 1, "..."]}),
        ("{ model: 'claude-x', messages: [...a] }", {"model": "claude-x", "messages": ["<any>", "..."]}),
        ("{ model: '<MODEL>', messages: [] }", {"model": "<text>", "messages": []}),
        ("{ model: 'YOUR_MODEL', messages: [] }", {"model": "<text>", "messages": []}),
        ("{ model: 'claude-x' }", {"model": "claude-x", "...": True}),
        ("{ messages: ['Hello ...', '... world'] }", {"messages": ["<text>", "<text>"], "...": True}),
        ("{ messages: ['a ...;b'], model: 'claude-x' }", {"messages": ["a ...;b"], "model": "claude-x"}),
    ],
)
def test_what_a_snippet_leaves_out_is_open(body: str, value: Any) -> None:
    assert shown(only(f"const r = await client.messages.create({body});", is_fragment=True).body) == value


def test_a_snippet_with_statements_left_out_is_read() -> None:
    text = f"const client = new Anthropic();\n...\nconst r = await {CALL};\n// ...\n"

    assert not only(text, is_fragment=True).sent.is_run


def test_an_elision_in_a_file_is_an_error_of_syntax() -> None:
    assert calls("anthropic.messages.create({...})") == []


@pytest.mark.parametrize(
    "text",
    [
        f"{CALL[:-1]}",
        f"if (x {{ {CALL} }}",
        f"const x = ;\n{CALL}",
        f"- {CALL}\n+ {CALL} }}",
        "client.messages.create(model='claude-opus-4-8', messages=[{'role': 'user'}])\nif x: y",
    ],
)
def test_a_snippet_that_does_not_parse_is_silent(text: str) -> None:
    assert read(text.encode(), is_fragment=True) == Source()


def test_a_snippet_may_have_casts_or_jsx() -> None:
    cast = f"const x = <any>y; {CALL}"
    element = f"const x = <div a={{1}}>y</div>; {CALL}"

    assert len(calls(cast, is_fragment=True)) == 1
    assert len(calls(element, is_fragment=True)) == 1


def test_the_params_of_a_batch_in_a_snippet_are_open_if_most_are_missing() -> None:
    call = only(
        "client.messages.batches.create({ requests: [{ custom_id: 'a', params: { model: 'claude-x' } }] })",
        is_fragment=True,
    )

    assert shown(call.body) == {"requests": [{"custom_id": "a", "params": {"model": "claude-x", "...": True}}]}


# Files


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_kind_of_file_is_read(suffix: str) -> None:
    assert len(calls(CALL, name=f"a/b{suffix}")) == 1


@pytest.mark.parametrize("name", ["x.tsx", "x.jsx", "x.js", "x.mjs", "x.CJS"])
def test_jsx_is_read(name: str) -> None:
    text = f"const x = () => <button onClick={{async () => {{ await {CALL} }}}}>Ask</button>;"

    assert len(calls(text, name=name)) == 1


@pytest.mark.parametrize("name", ["x.ts", "x.mts", "x.cts"])
def test_casts_are_read(name: str) -> None:
    assert len(calls(f"const x = <any>y; {CALL}", name=name)) == 1


def test_a_call_with_an_error_of_syntax_is_skipped_and_the_others_are_read() -> None:
    text = f"client.messages.create({{ model: 'claude-opus-4-8', messages: [ }} );\n{CALL};\n"

    assert [call.start for call in calls(text)] == [text.rindex("client")]


@pytest.mark.parametrize("mark", ["\ufeff", "\r\n", "\t\f\v ", "#!/usr/bin/env node\n", "/* \U0001f600 */"])
def test_places_count_the_bytes_before(mark: str) -> None:
    data = f"{mark}{CALL}\r\n".encode()
    (call,) = read(data).calls

    assert data[call.start : call.end].decode() == CALL


def test_comments_for_msglint_are_found() -> None:
    text = f"// msglint: ignore=a/b\r\n{CALL} /* msglint: x\n y */\nconst s = '// msglint: no';\n// other\n"
    found = read(text.encode()).comments

    assert [text[start:end] for start, end in found] == ["// msglint: ignore=a/b", "/* msglint: x\n y */"]


def test_a_text_without_a_call_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ts_syntax, "_parser", lambda _grammar: pytest.fail("was parsed"))

    assert read(b"const messages = []; store.create(messages)") == Source()
    assert read(b"messages.create\0(" + CALL.encode()) == Source()


def test_a_parser_that_is_not_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("tree_sitter"):
            raise ImportError(name)
        return imported(name, *rest)

    ts_syntax._parser.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(MissingParserError, match=r"pip install 'msglint\[code\]'"):
        read(CALL.encode())

    assert read(b"const x = 1") == Source()


# Hostile texts


@pytest.mark.parametrize(
    "text",
    [
        "client.messages.create(" + "[" * 100_000 + "]" * 100_000 + ")",
        "client.messages.create({ model: 'claude-x', system: " + "[" * 3000 + "]" * 3000 + "})",
        "client.messages.create({ model: 'claude-x', system: " + "(" * 3000 + "1" + ")" * 3000 + "})",
        "client.messages.create({ model: 'claude-x', system: " + "{a:" * 300 + "1" + "}" * 300 + "})",
        "client.messages.create({ model: 'claude-x', system: " + "-" * 1 + " -" * 3000 + "1})",
        "client.messages.create({ model: 'claude-x', system: " + "x ? 1 : " * 3000 + "1})",
        "client.messages.create({ model: 'claude-x', system: a" + ".b" * 5000 + "})",
        "client.messages.create({ model: 'claude-x', system: a" + "[0]" * 5000 + "})",
        "client.messages.create({ model: 'claude-x', system: `" + "${`" * 2000 + "`}" * 2000 + "`})",
        "x" + ".messages.create" * 20_000 + "({ model: 'claude-x' })",
        "(" * 50_000 + CALL + ")" * 50_000,
        "{" * 50_000 + CALL,
        "messages.create(" * 20_000,
        "client.messages.create({ model: 'claude-x', ".replace("x", "\udcff"),
        "messages" + " " * 100_000 + "x",
        "messages/*" * 20_000,
        "messages//" * 20_000,
        "messages /**/" * 20_000,
    ],
)
def test_nesting_has_no_bounds_and_never_raises(text: str) -> None:
    source = read(text.encode("utf-8", "surrogatepass"))

    for call in source.calls:
        spelled(call.body)


def test_long_concatenations_are_read() -> None:
    parts = ["'ab'"] * 5000

    assert system(" +\n".join(parts)) == "ab" * 5000


def test_names_that_multiply_have_an_end() -> None:
    lines = ["const a0 = [1, 2];"]
    lines += [f"const a{n} = [...a{n - 1}, ...a{n - 1}];" for n in range(1, 60)]
    call = only("\n".join(lines) + "client.messages.create({ model: 'claude-x', system: a59 })")

    assert json.dumps(spelled(call.body).value)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "const x = { a: 1, b: 'x' };\n" * n + CALL,
        lambda n: f"{CALL};\n" * n,
        lambda n: "".join(f"const a{i} = {BODY}; client.messages.create(a{i});\n" for i in range(n // 4)),
        lambda n: (
            "const e = 1; " + "function f(e) { return client.messages.create({ model: e, messages: [e] }) }\n" * n
        ),
        lambda n: "var t=[" + "'x'," * n + "];" + CALL,
        lambda n: "f(" * 300 + f"{CALL}," * n + ")" * 300,
    ],
)
def test_time_is_in_proportion_to_length(make: Any) -> None:
    def seconds(text: str) -> float:
        data = text.encode()
        start = time.process_time()
        read(data)
        return time.process_time() - start

    seconds(make(10))
    short = max(seconds(make(500)), 0.005)

    assert seconds(make(4000)) < short * 8 * 4


SOURCES = [
    f"import A from '@anthropic-ai/sdk';\nconst model = `claude-é`;\nconst c = new A();\nawait {CALL};\n",
    f"fetch('{URL}', {{ method: 'POST', headers: {{ a: 'b' }}, body: JSON.stringify({BODY}) }})",
    "class A { #m = 'x'; f({ a, ...b }) { this.c.messages.create({ ...b, a, model: this.#m, tools: [...a, 1] }) } }",
    "try { await anthropic.messages.stream({ model: M.A, ...(x && { y }) }) } catch (e) { BadRequestError }",
    "client.messages.create({ ..., system: 'a', // ...\n messages: [...] }) // msglint: x",
]


@given(st.sampled_from(SOURCES), st.data(), st.booleans())
def test_cut_texts_never_raise(text: str, data: st.DataObject, is_fragment: bool) -> None:  # noqa: FBT001 - drawn
    raw = text.encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    middle = data.draw(st.binary(max_size=8))
    source = read(raw[:start] + middle + raw[end:], is_fragment=is_fragment)

    for call in source.calls:
        spelled(call.body)


@given(st.binary(max_size=200), st.sampled_from(["x.ts", "x.js"]), st.booleans())
def test_any_bytes_never_raise(data: bytes, name: str, is_fragment: bool) -> None:  # noqa: FBT001 - drawn
    read(data + b"\nmessages.create(" + data, name=name, is_fragment=is_fragment)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def every(written: Written) -> Iterator[Written]:
    yield written
    for inner in written.inner():
        yield from every(inner)


@given(VALUES, st.text(max_size=10), st.booleans())
def test_places_cut_from_a_file_hold_their_literals(value: Any, before: str, ascii_only: bool) -> None:  # noqa: FBT001
    literal = json.dumps({"model": "claude-opus-4-8", "value": value}, ensure_ascii=ascii_only)
    comment = before.replace("*/", "").replace("\0", "")
    data = f"/* {comment} */ client.messages.create({literal})".encode("utf-8", "replace")
    found = read(data, name="x.ts").calls
    if b"\0" in data:
        return

    (call,) = found
    for written in every(call.body):
        if written.unknown is None and written.items is None and written.properties is None:
            assert json.loads(data[written.start : written.end]) == written.value
        else:
            assert cut(data, written)[0] in '[{"'
    assert json.loads(cut(data, call.body)) == json.loads(literal)
