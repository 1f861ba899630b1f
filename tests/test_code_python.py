"""Calls in Python: which are requests, what is known of their values, and where these are written."""

from __future__ import annotations

import ast
import json
import re
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.code.call import Call, Source
from validator.code.python import read
from validator.documents.written import Sent, Written, spelled

CALL = re.compile(r"CALL\((.*)\)CALL")
SENT = r"client.messages.create(model='claude-haiku-4-5', max_tokens=1, system=\1)"

INIT = "class A:\n    def __init__(self"
USE = "    def f(self):\n        CALL(self.model)CALL"


def shown(written: Written) -> str:
    """Return a short form of a value: `?` for what is unknown, with its kind, `+` for what may come."""
    if written.unknown is not None:
        return "?" if written.unknown == "any" else f"?{written.unknown}"
    more = ["+"] if written.is_open else []
    if written.items is not None:
        return f"[{', '.join([*map(shown, written.items), *more])}]"
    if written.properties is not None:
        members = [f"{name}: {shown(member.value)}" for name, member in written.properties.items()]
        return f"{{{', '.join([*members, *more])}}}"
    return json.dumps(written.value)


def calls(source: str, *, is_fragment: bool = False) -> list[Call]:
    return found(source, is_fragment=is_fragment).calls


def found(source: str, *, is_fragment: bool = False) -> Source:
    return read(textwrap.dedent(source).encode(), is_fragment=is_fragment)


def bodies(source: str, *, is_fragment: bool = False) -> list[str]:
    return [shown(call.body) for call in calls(source, is_fragment=is_fragment)]


def system_of(source: str) -> tuple[Written, str]:
    """Return the system prompt of the one call `CALL(x)CALL` in a source, and the source."""
    text = CALL.sub(SENT, textwrap.dedent(source))
    (call,) = read(text.encode()).calls
    assert call.body.properties is not None
    return call.body.properties["system"].value, text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a'", '"a"'),
        ('"""a\nb"""', '"a\\nb"'),
        ("r'\\d'", '"\\\\d"'),
        ("'\\u00e9'", '"\\u00e9"'),
        ("'a' 'b'", '"ab"'),
        ("('a'\n'b')", '"ab"'),
        ("'a' + 'b' + 'c'", '"abc"'),
        ("'a' + x", "?text"),
        ("x + 'a'", "?text"),
        ("x + y", "?"),
        ("f'a'", '"a"'),
        ("f'a{x}'", "?text"),
        ("f'a' 'b'", '"ab"'),
        ("f'a' f'{x}'", "?text"),
        ("'a %s' % x", "?text"),
        ("'a' * 5", "?text"),
        ("'a'.strip()", "?text"),
        ("'{}'.format(x)", "?text"),
        ("', '.join(x)", "?text"),
        ("'a b'.split()", "?"),
        ("'a'.encode()", "?"),
        ("str(x)", "?text"),
        ("repr(x)", "?text"),
        ("input('> ')", "?text"),
        ("'\\ud800'", "?text"),
        ("'<MODEL>'", "?"),
        ("'YOUR_MODEL'", "?"),
        ("'{{model}}'", "?"),
        ("5", "5"),
        ("4_096", "4096"),
        ("0x10", "16"),
        ("1e3", "1000.0"),
        ("1e999", "?"),
        ("-1", "-1"),
        ("+1", "1"),
        ("- 1", "-1"),
        ("--1", "1"),
        ("4 * 1024", "4096"),
        ("2 + 3 * 4", "14"),
        ("7 // 2", "3"),
        ("1 / 0", "?number"),
        ("10 ** 9", "?number"),
        ("2 * x", "?"),
        ("-x", "?"),
        ("int(x)", "?number"),
        ("len(x)", "?number"),
        ("float(x)", "?number"),
        ("len(x) - 1", "?number"),
        ("-len(x)", "?number"),
        ("5j", "?"),
        ("b'a'", "?"),
        ("None", "null"),
        ("True", "true"),
        ("False", "false"),
        ("not x", "?"),
        ("x", "?"),
        ("x.y", "?"),
        ("x[0]", "?"),
        ("x()", "?"),
        ("x or 'a'", "?"),
        ("'a' if x else 'b'", "?"),
        ("1 < 2", "?"),
        ("lambda: 1", "?"),
        ("(y := 'a')", '"a"'),
        ("os.environ['A']", "?"),
        ("os.environ.get('A', 'b')", "?"),
        ("os.getenv('A', 'b')", "?"),
        ("[]", "[]"),
        ("[1, 'a', None]", '[1, "a", null]'),
        ("(1, 2)", "[1, 2]"),
        ("[x, 1]", "[?, 1]"),
        ("[*x, 1]", "[?, 1, +]"),
        ("[1, *x]", "[1, ?, +]"),
        ("[*[1, 2], 3]", "[1, 2, 3]"),
        ("[...]", "[+]"),
        ("[1, ...]", "[1, ?, +]"),
        ("[1] + [2]", "[1, 2]"),
        ("[1] + x", "[1, ?, +]"),
        ("x + [1]", "[?, 1, +]"),
        ("[1] * 2", "?array"),
        ("list(x)", "?array"),
        ("list()", "[]"),
        ("list([1])", "[1]"),
        ("{1, 2}", "?"),
        ("{...}", "{+}"),
        ("[1 for x in y]", "[1, +]"),
        ("[{'a': x, 'b': 1} for x in y]", "[{a: ?, b: 1}, +]"),
        ("[f'{x}' for x in y]", "[?text, +]"),
        ("list({'a': x} for x in y)", "[{a: ?}, +]"),
        ("{x: 1 for x in y}", "?object"),
        ("{}", "{}"),
        ("{'a': 1}", "{a: 1}"),
        ("{'a': 1, 'a': 2}", "{a: 2}"),
        ("{x: 1, 'a': 2}", "{a: 2, +}"),
        ("{'a': 1, x: 2}", "{a: ?, +}"),
        ("{1: 2}", "{+}"),
        ("{'a': 1, **x}", "{a: ?, +}"),
        ("{**x, 'a': 1}", "{a: 1, +}"),
        ("{**{'a': 1, 'b': 2}, 'a': 3}", "{b: 2, a: 3}"),
        ("{'a': 1} | {'b': 2}", "{a: 1, b: 2}"),
        ("{'a': 1} | x", "{a: ?, +}"),
        ("x | {'a': 1}", "{a: 1, +}"),
        ("dict(a=1)", "{a: 1}"),
        ("dict(a=1, **x)", "{a: 1, +}"),
        ("dict({'a': 1}, b=2)", "{a: 1, b: 2}"),
        ("dict(x, b=2)", "{b: 2, +}"),
        ("dict(x, y)", "?object"),
        ("dict()", "{}"),
        ("{'a': 1}.copy()", "{a: 1}"),
        ("{'a': NOT_GIVEN}", "{a: ?}"),
        ("{'...': 1, '<a>': 2}", "{...: 1, <a>: 2}"),
        ("MessageParam(role='user', content='a')", '{role: "user", content: "a"}'),
        ("TextBlockParam(text=x, type='text')", '{text: ?, type: "text"}'),
        ("TextBlock(text='a', type='text')", "?"),
        ("await x", "?"),
        ("json.loads('{}')", "?"),
    ],
)
def test_an_expression_says_what_is_certain_of_it(expression: str, expected: str) -> None:
    (call,) = calls(f"client.messages.create(max_tokens=1, system={expression})")
    assert call.body.properties is not None
    assert shown(call.body.properties["system"].value) == expected


@pytest.mark.parametrize(
    "source",
    [
        "MODEL = «'a'»\nCALL(MODEL)CALL",
        "MODEL: Final = «'a'»\nCALL(MODEL)CALL",
        "MODEL = OTHER = «'a'»\nCALL(OTHER)CALL",
        "A = «'a'»\nB = A\nC = B\nCALL(C)CALL",
        "A, B = 'b', «'a'»\nCALL(B)CALL",
        "MODEL = («'a'»)\nCALL(MODEL)CALL",
        "def f():\n    CALL(MODEL)CALL\nMODEL = «'a'»",
        "def f():\n    model = «'a'»\n    CALL(model)CALL",
        "def f():\n    model = «'a'»\n    def g():\n        CALL(model)CALL",
        "model = 'b'\ndef f():\n    model = «'a'»\n    CALL(model)CALL",
        "model = «'a'»\ndef f():\n    model = 'b'\ndef g():\n    CALL(model)CALL",
        "def f():\n    model = 'b'\nmodel = «'a'»\nCALL(model)CALL",
        "if x:\n    MODEL = «'a'»\nCALL(MODEL)CALL",
        "for x in y:\n    model = «'a'»\n    CALL(model)CALL",
        "with x as y:\n    model = «'a'»\n    CALL(model)CALL",
        "async def f():\n    model = «'a'»\n    async with x:\n        await CALL(model)CALL",
        "class A:\n    MODEL = «'a'»\n    def f(self):\n        CALL(self.MODEL)CALL",
        "class A(B):\n    MODEL = «'a'»\n    def f(self):\n        CALL(self.MODEL)CALL",
        "class A:\n    MODEL: str = «'a'»\n    def f(self):\n        CALL(self.MODEL)CALL",
        "class A(B):\n    MODEL: ClassVar[str] = «'a'»\n    def f(self):\n        CALL(self.MODEL)CALL",
        "class A:\n    MODEL = «'a'»\n    @classmethod\n    def f(cls):\n        CALL(cls.MODEL)CALL",
        "class A:\n    MODEL = «'a'»\nCALL(A.MODEL)CALL",
        "class A:\n    MODEL = «'a'»\n    X = CALL(MODEL)CALL",
        "class A:\n    def __init__(self):\n        self.model = «'a'»\n    def f(self):\n        CALL(self.model)CALL",
        "class A(str, Enum):\n    B = «'a'»\nCALL(A.B)CALL",
        "class A(StrEnum):\n    B = «'a'»\nCALL(A.B)CALL",
        "class A(Enum):\n    B = «'a'»\nCALL(A.B.value)CALL",
        "MODELS = {'fast': «'a'», 'slow': 'b'}\nCALL(MODELS['fast'])CALL",
        "MODELS = ['b', «'a'»]\nCALL(MODELS[1])CALL",
        "PROMPT = «'''a'''»\nCALL(PROMPT)CALL",
        "CALL(cast(str, «'a'»))CALL\nfrom typing import cast",
        "CALL(copy.deepcopy(«'a'»))CALL\nimport copy",
        "if (model := «'a'»):\n    CALL(model)CALL",
        "def f():\n    return [CALL(MODEL)CALL for x in y]\nMODEL = «'a'»",
        "f = lambda: CALL(MODEL)CALL\nMODEL = «'a'»",
        "'é😀'; CALL(«'a'»)CALL",
        "x = 'é😀'\r\nMODEL = «'a'»\r\nCALL(MODEL)CALL",
        "x = 1\rMODEL = «'a'»\rCALL(MODEL)CALL",
        "x = '\u2028\u0085'\nMODEL = «'a'»\nCALL(MODEL)CALL",
        "\x0cx = 1\n\x0c\nMODEL = «'a'»\nCALL(MODEL)CALL",
        "# -*- coding: latin-1 -*-\nx = 'é'; CALL(«'a'»)CALL",
        "x = 1 + \\\n  2; CALL(«'a'»)CALL",
        "x = '''\n\n'''; CALL(«'a'»)CALL",
        "from x import *\nMODEL = «'a'»\nCALL(MODEL)CALL",
        "x = 1\n\tCALL(«'a'»)CALL".replace("\n\t", "\nif x:\n\t"),
    ],
)
def test_a_name_that_is_bound_once_is_followed_to_where_its_value_is_written(source: str) -> None:
    marked = CALL.sub(SENT, source)
    written, text = system_of(source.replace("«", "").replace("»", ""))
    start = len(marked[: marked.index("«")].encode())
    literal = marked[marked.index("«") + 1 : marked.index("»")]
    assert (written.start, text.encode()[written.start : written.end].decode()) == (start, literal)
    assert written.value == "a"
    assert written.is_editable


@pytest.mark.parametrize(
    "source",
    [
        "def f(model='a'):\n    CALL(model)CALL",
        "def f(*model):\n    CALL(model)CALL",
        "def f(model):\n    model = 'a'\n    CALL(model)CALL",
        "model = 'a'\nmodel = 'b'\nCALL(model)CALL",
        "if x:\n    model = 'a'\nelse:\n    model = 'b'\nCALL(model)CALL",
        "try:\n    model = x()\nexcept E:\n    model = 'b'\nCALL(model)CALL",
        "CALL(model)CALL\nmodel = 'a'",
        "def f():\n    CALL(model)CALL\n    model = 'a'",
        "model = 'a'\ndef f():\n    global model\n    model = 'b'\ndef g():\n    CALL(model)CALL",
        "def f():\n    model = 'a'\n    def g():\n        nonlocal model\n        model = 'b'\n    CALL(model)CALL",
        "model = 'a'\nfor model in x:\n    pass\nCALL(model)CALL",
        "model = 'a'\nwith x as model:\n    CALL(model)CALL",
        "model = 'a'\ntry:\n    pass\nexcept E as model:\n    CALL(model)CALL",
        "import model\nCALL(model)CALL",
        "from x import MODEL\nCALL(MODEL)CALL",
        "from x import y as MODEL\nMODEL = 'a'\nCALL(MODEL)CALL",
        "MODEL = 'a'\nfrom x import *\nCALL(MODEL)CALL",
        "model = 'a'\ndel model\nCALL(model)CALL",
        "model = 'a'\nmodel += 'b'\nCALL(model)CALL",
        "model = 'a'\nmatch x:\n    case model:\n        CALL(model)CALL",
        "model = 'a'\nmatch x:\n    case [*model]:\n        CALL(model)CALL",
        "model = 'a'\n(model := 'b')\nCALL(model)CALL",
        "model = 'a'\n[CALL(model)CALL for model in x]",
        "model = 'a'\nf = lambda model: CALL(model)CALL",
        "def model(): pass\nCALL(model)CALL",
        "class model: pass\nCALL(model)CALL",
        "a = b\nb = a\nCALL(a)CALL",
        "def f():\n    CALL(a)CALL\na = [b]\nb = a".replace("a = [b]", "a = b"),
        "A, *B = 'a', 'b'\nCALL(A)CALL",
        "class A:\n    MODEL = 'a'\nA.MODEL = 'b'\nCALL(A.MODEL)CALL",
        "class A:\n    def f(self):\n        self.MODEL = 'b'\n        CALL(self.MODEL)CALL\n    MODEL = 'a'",
        "class A(Base):\n    model: str = 'a'\n    def f(self):\n        CALL(self.model)CALL",
        "@dataclass\nclass A:\n    model: str = 'a'\n    def f(self):\n        CALL(self.model)CALL",
        f"{INIT}, model='a'):\n        self.model = model\n{USE}",
        f"{INIT}):\n        self.model = 'a'\n    def g(self, x):\n        self.model = x\n{USE}",
        "class A(Enum):\n    B = 'a'\nCALL(A.B)CALL",
        "class A:\n    MODEL = 'a'\ndef f(self):\n    CALL(self.MODEL)CALL",
        "class A:\n    MODEL = 'a'\n    def f(self):\n        CALL(MODEL)CALL",
        "MODELS = {'fast': 'a'}\nMODELS['fast'] = 'b'\nCALL(MODELS['fast'])CALL",
        "MODELS = {'fast': 'a', **x}\nCALL(MODELS['fast'])CALL",
        "MODELS = {'fast': 'a'}\nCALL(MODELS[x])CALL",
    ],
)
def test_a_name_that_is_not_certain_is_unknown(source: str) -> None:
    assert shown(system_of(source)[0]) == "?"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = [1]\nx.append(2)\nCALL(x)CALL", "[1, +]"),
        ("x = [1]\nx.extend(y)\nCALL(x)CALL", "[1, +]"),
        ("x = [1]\nx += y\nCALL(x)CALL", "[1, +]"),
        ("x = []\nwhile True:\n    CALL(x)CALL\n    x.append(1)", "[+]"),
        ("x = [1]\nx.insert(0, 2)\nCALL(x)CALL", "?array"),
        ("x = [1]\nx[0] = 2\nCALL(x)CALL", "?array"),
        ("x = [1]\ndel x[0]\nCALL(x)CALL", "?array"),
        ("x = [1]\nx.pop()\nCALL(x)CALL", "?array"),
        ("x = [{'a': 1}]\nx[0]['a'] = 2\nCALL(x)CALL", "?array"),
        ("x = [{'a': []}]\nx[0]['a'].append(2)\nCALL(x)CALL", "?array"),
        ("x = [{'a': 1}]\nfor y in x:\n    y['a'] = 2\nCALL(x)CALL", "?array"),
        ("x = [{'a': 1}]\nfor i, y in enumerate(x):\n    y['a'] = 2\nCALL(x)CALL", "?array"),
        ("x = [{'a': 1}]\ny = x[0]\ny['a'] = 2\nCALL(x)CALL", "?array"),
        ("x = y = [1]\ny.clear()\nCALL(x)CALL", "?array"),
        ("x = [1]\nadd(x)\nCALL(x)CALL", "?array"),
        ("x = [1]\nself.add(x)\nCALL(x)CALL", "?array"),
        ("x = [1]\nadd(item=x)\nCALL(x)CALL", "?array"),
        ("def add(y):\n    y.append(2)\nx = [1]\nadd(x)\nCALL(x)CALL", "?array"),
        ("def add(y):\n    print(y)\nx = [1]\nadd(x)\nCALL(x)CALL", "[1]"),
        ("x = [1]\nCALL(x)CALL\nadd(x)", "[1]"),
        ("x = [1]\nfor y in z:\n    CALL(x)CALL\n    add(x)", "?array"),
        ("x = [1]\nprint(x, len(x), json.dumps(x))\nCALL(x)CALL", "[1]"),
        ("TOOLS = [1]\nregister(TOOLS)\nCALL(TOOLS)CALL", "[1]"),
        ("x = 'a'\nadd(x)\nCALL(x)CALL", '"a"'),
        ("x = {'a': 1, 'b': 2}\nx['a'] = 3\nCALL(x)CALL", "{a: ?, b: 2, +}"),
        ("x = {'a': 1}\nif y:\n    x['b'] = 3\nCALL(x)CALL", "{a: 1, +}"),
        ("x = {'a': 1}\nx.pop('a')\nCALL(x)CALL", "{a: ?, +}"),
        ("x = {'a': 1}\nx.setdefault('b', 2)\nCALL(x)CALL", "{a: 1, +}"),
        ("x = {'a': 1}\nx[y] = 3\nCALL(x)CALL", "?object"),
        ("x = {'a': 1}\nx.update(y)\nCALL(x)CALL", "?object"),
        ("x = {'a': 1}\nx |= y\nCALL(x)CALL", "?object"),
        ("x = {'a': []}\nx['a'].append(3)\nCALL(x)CALL", "?object"),
        ("x = {'a': 1}\ny = x.copy()\ny['a'] = 2\nCALL(x)CALL", "{a: 1}"),
        ("x = {'a': 1}\ny = {**x, 'b': 2}\nCALL(y)CALL", "{a: 1, b: 2}"),
        ("class A:\n    def __init__(self):\n        self.x = []\n    def f(self):\n        CALL(self.x)CALL", "[+]"),
        (f"{INIT}):\n        self.model = [1]\n        self.model.pop()\n{USE}", "?array"),
        (f"{INIT}):\n        self.model = [1]\n        y = self.model\n        y.pop()\n{USE}", "?array"),
    ],
)
def test_what_changes_an_object_is_not_certain(source: str, expected: str) -> None:
    assert shown(system_of(source)[0]) == expected


MINIMAL = "model='claude-haiku-4-5', max_tokens=1, messages=[]"


@pytest.mark.parametrize(
    ("source", "endpoint"),
    [
        (f"client.messages.create({MINIMAL})", "messages"),
        (f"client.messages.stream({MINIMAL})", "messages"),
        (f"client.messages.parse({MINIMAL})", "messages"),
        (f"client.messages.count_tokens({MINIMAL})", "count_tokens"),
        (f"client.beta.messages.create({MINIMAL})", "messages"),
        (f"client.beta.messages.tool_runner({MINIMAL})", "messages"),
        (f"client.messages.with_raw_response.create({MINIMAL})", "messages"),
        (f"client.messages.with_streaming_response.create({MINIMAL})", "messages"),
        (f"client.with_raw_response.messages.create({MINIMAL})", "messages"),
        ("client.messages.batches.create(requests=[])", "batches"),
        ("client.beta.messages.batches.create(requests=[])", "batches"),
        (f"self.client.messages.create({MINIMAL})", "messages"),
        (f"self._client.messages.create({MINIMAL})", "messages"),
        (f"get_client().messages.create({MINIMAL})", "messages"),
        (f"self.get_client().messages.create({MINIMAL})", "messages"),
        (f"clients[0].messages.create({MINIMAL})", "messages"),
        (f"anthropic.Anthropic().messages.create({MINIMAL})", "messages"),
        (f"client.with_options(timeout=5).messages.create({MINIMAL})", "messages"),
        (f"(await get()).messages.create({MINIMAL})", "messages"),
        (f"messages.create({MINIMAL})", "messages"),
        (f"with client.messages.stream({MINIMAL}) as stream: pass", "messages"),
        (f"async def f():\n    async with client.messages.stream({MINIMAL}) as s: pass", "messages"),
        (f"x = await client.messages.create({MINIMAL})", "messages"),
        (f"[client.messages.create({MINIMAL}) for x in y]", "messages"),
        (f"print(client.messages.create({MINIMAL}).content[0].text)", "messages"),
        ("import anthropic\nclient.messages.create(**kwargs)", "messages"),
        ("from anthropic import Anthropic as A\nclient = A()\nclient.messages.create(messages=[])", "messages"),
        ("client: anthropic.Anthropic\nclient.messages.create(messages=[])", "messages"),
        ("def f(client: 'Anthropic'):\n    client.messages.create(messages=[])", "messages"),
        ("client = wrap_anthropic(Anthropic())\nclient.messages.create(messages=[])", "messages"),
    ],
)
def test_calls_of_the_sdk_are_requests(source: str, endpoint: str) -> None:
    (call,) = calls(source)
    assert call.sent.endpoint == endpoint


@pytest.mark.parametrize(
    "source",
    [
        "client.messages.create()",
        "client.messages.create(x)",
        "client.messages.create(timeout=5)",
        "client.messages.create(to='a', from_='b', body='c')",
        "client.beta.threads.messages.create(thread_id=x, messages=[])",
        "client.threads.messages.create(x, role='user', content='a')",
        "client.agents.messages.create(agent_id=x, messages=[])",
        "client.chat.completions.create(model='gpt-4o', messages=[])",
        "client.messages.create(model='gpt-4o', messages=[])",
        "client.messages.create(model='gemini-pro', messages=[])",
        "client.messages.create(response_model=X, model='claude-haiku-4-5', messages=[])",
        "client.messages.create.assert_called_with(model='claude-haiku-4-5', messages=[])",
        "client.messages.create.assert_called_once_with(model='claude-haiku-4-5', messages=[])",
        "client.messages.create.return_value = Message(model='claude-haiku-4-5', messages=[])",
        "client.messages.create = Mock(model='claude-haiku-4-5', messages=[])",
        "client.messages.create = fake\nclient.messages.create(messages=[])",
        "client.messages.create.return_value = x\nclient.messages.create(messages=[])",
        "client.messages.retrieve(messages=[])",
        "client.messages.create(**kwargs)",
        "import anthropic\nkwargs = {'from_': x, 'to': y}\nkwargs['body'] = z\nclient.messages.create(**kwargs)",
        "import anthropic\nclient.messages.create(**{'author': x})",
        "chat.messages.create(role='user', content='a', model='claude-haiku-4-5')",
        "chat.messages.create(model='claude-haiku-4-5', author=x, sent_at=y)",
        "client.messages.batches.retrieve(messages=[])",
        "message.create(messages=[])",
        "from twilio.rest import Client\nclient = Client()\nclient.messages.create(messages=[])",
        "import twilio.rest\nclient = twilio.rest.Client()\nclient.messages.create(messages=[])",
        "from openai import OpenAI\nclient = OpenAI()\nclient.messages.create(messages=[])",
        "from openai import OpenAI as O\nclient = O()\nclient.messages.create(messages=[])",
        "client = OpenAI()\nclient.messages.create(messages=[])",
        "client = MagicMock()\nclient.messages.create(messages=[])",
        "client = mock.MagicMock()\nclient.messages.create(messages=[])",
        "from unittest.mock import AsyncMock\nclient = AsyncMock()\nclient.messages.create(messages=[])",
        "from letta_client import Letta\ndef f(client: Letta):\n    client.messages.create(messages=[])",
        "import instructor\nc = instructor.from_anthropic(Anthropic())\nc.messages.create(messages=[])",
        f"{INIT}):\n        self.c = OpenAI()\n    def f(self):\n        self.c.messages.create(messages=[])",
        "def get():\n    return OpenAI()\nget().messages.create(messages=[])",
        "x = 'client.messages.create(model=1, messages=[])'",
        "# client.messages.create(model=1, messages=[])",
    ],
)
def test_look_alikes_are_left_alone(source: str) -> None:
    assert found(source) == Source()


def test_a_wrong_id_of_claude_is_kept() -> None:
    assert bodies("client.messages.create(model='claude-5-sonet', max_tokens=1)") == [
        '{model: "claude-5-sonet", max_tokens: 1}'
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("model=x, timeout=5, extra_query={}, max_tokens=1", "{model: ?, max_tokens: 1}"),
        ("model=x, max_tokens=NOT_GIVEN", "{model: ?}"),
        ("model=x, max_tokens=anthropic.omit", "{model: ?}"),
        ("model=x, max_tokens=Omit()", "{model: ?}"),
        ("model=x, max_tokens=None", "{model: ?, max_tokens: null}"),
        ("model=x, extra_body={'top_k': 1}", "{model: ?, top_k: 1}"),
        ("model=x, extra_body=y", "{model: ?, +}"),
        ("model=x, extra_body={'anthropic_beta': ['a']}", "{model: ?}"),
        ("model=x, **y", "{model: ?, +}"),
        ("**y, max_tokens=1", "{max_tokens: 1, +}"),
        ("*y, max_tokens=1", "{max_tokens: 1, +}"),
        ("**{'max_tokens': 1}", "{max_tokens: 1}"),
        ("**{**y, 'max_tokens': 1}", "{max_tokens: 1, +}"),
        ("**{'max_tokens': 1, **y}", "{max_tokens: ?, +}"),
        ("**{'max_tokens': 1, 'timeout': 5}", "{max_tokens: 1}"),
        ("model=x, **{'max_tokens': 1}", "{max_tokens: 1, model: ?}"),
        ("**dict(max_tokens=1)", "{max_tokens: 1}"),
        ("**({'top_k': 1} | {'b': 2})", "{top_k: 1, b: 2}"),
    ],
)
def test_the_body_is_what_the_sdk_sends(arguments: str, expected: str) -> None:
    assert bodies(f"def f(x, y):\n    client.messages.create({arguments})") == [expected]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("create", "{max_tokens: 1, output_format: ?}"),
        ("parse", "{max_tokens: 1}"),
        ("stream", "{max_tokens: 1}"),
        ("tool_runner", "{max_tokens: 1}"),
    ],
)
def test_a_class_for_the_answer_is_not_sent(method: str, expected: str) -> None:
    assert bodies(f"client.messages.{method}(max_tokens=1, output_format=Answer)") == [expected]


def test_keywords_of_the_tool_runner_are_off_and_functions_are_unknown_tools() -> None:
    source = "client.beta.messages.tool_runner(max_tokens=1, tools=[f], max_iterations=3, compaction_control={})"
    assert bodies(source) == ["{max_tokens: 1, tools: [?]}"]


@pytest.mark.parametrize(
    "source",
    [
        "«x.messages.create(max_tokens=1)»",
        "y = await «x.messages.create(max_tokens=1)»",
        "y = «x.messages.create(max_tokens=1)».content",
        "x.messages.create(**«{'max_tokens': 1}»)",
        "P = «{'max_tokens': 1}»\nx.messages.create(**P)",
        "P = «{'max_tokens': 1}»\nx.messages.create(**P, timeout=5)",
        "P = {'max_tokens': 1}\n«x.messages.create(**P, model=y)»",
        "requests.post('https://api.anthropic.com/v1/messages', json=«{'max_tokens': 1}»)",
        "«x.messages.create(\n  max_tokens=1,\n)»",
    ],
)
def test_the_body_starts_where_the_object_is(source: str) -> None:
    data = source.replace("«", "").replace("»", "").encode()
    (call,) = read(data).calls
    before, _, rest = source.partition("«")
    assert (call.body.start, data[call.body.start : call.body.end].decode()) == (len(before), rest.partition("»")[0])


def test_the_key_of_a_property_is_its_keyword_or_its_key_with_quotes() -> None:
    data = b"x.messages.create(model='claude-haiku-4-5', system={'\xc3\xa9': 1}, **{\"top_k\": 5})"
    (call,) = read(data).calls
    assert call.body.properties is not None
    keys = {name: data[slice(*member.key)] for name, member in call.body.properties.items()}
    assert keys == {"model": b"model", "system": b"system", "top_k": b'"top_k"'}
    inner = call.body.properties["system"].value.properties
    assert inner is not None
    assert data[slice(*inner["\u00e9"].key)] == b"'\xc3\xa9'"


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("x.messages.create(model=y, betas=['a', 'b'])", Sent("messages", None, frozenset({"a", "b"}))),
        ("x.messages.create(model=y, extra_body={'anthropic_beta': ['a']})", Sent("messages", None, frozenset({"a"}))),
        ("x.messages.create(model=y, betas=[z])", Sent("messages")),
        ("x.messages.create(model=y, betas=z)", Sent("messages")),
        ("x.messages.create(**{'model': y, 'betas': ['a']})", Sent("messages", None, frozenset({"a"}))),
        (
            "x.messages.create(model=y, extra_headers={'anthropic-beta': 'a,b', 'anthropic-version': '2023-06-01'})",
            Sent("messages", None, frozenset({"a", "b"}), "2023-06-01"),
        ),
        ("x.messages.create(model=y, betas=['a'], extra_headers=z)", Sent("messages")),
        ("x.messages.create(model=y, betas=['a'], extra_headers={'b': z})", Sent("messages", None, frozenset({"a"}))),
        (
            "x = Anthropic(default_headers={'anthropic-beta': 'a'})\nx.messages.create(model=y)",
            Sent("messages", None, frozenset({"a"})),
        ),
        (
            "x = Anthropic()\nx.with_options(default_headers={'anthropic-beta': 'a'}).messages.create(model=y)",
            Sent("messages", None, frozenset({"a"})),
        ),
        ("x = AnthropicBedrockMantle()\nx.messages.create(model=y)", Sent("messages")),
        ("x = AnthropicGoogleCloud()\nx.messages.create(model=y)", Sent("messages")),
        ("x = AnthropicBedrock()\nx.messages.create(model=y)", Sent("messages", "bedrock")),
        ("x = anthropic.AsyncAnthropicBedrock()\nx.messages.create(model=y)", Sent("messages", "bedrock")),
        ("from anthropic import AnthropicVertex as V\nx = V()\nx.messages.create(model=y)", Sent("messages", "google")),
        ("AnthropicVertex().messages.create(model=y)", Sent("messages", "google")),
        ("with AnthropicBedrock() as x:\n    x.messages.create(model=y)", Sent("messages", "bedrock")),
        ("def f(x: AnthropicBedrock):\n    x.messages.create(model=y)", Sent("messages", "bedrock")),
        (
            f"{INIT}):\n        self.x = AnthropicVertex()\n    def f(self):\n        self.x.messages.create(model=y)",
            Sent("messages", "google"),
        ),
        ("def get():\n    return AnthropicVertex()\nget().messages.create(model=y)", Sent("messages", "google")),
        ("if a:\n    x = Anthropic()\nelse:\n    x = AnthropicVertex()\nx.messages.create(model=y)", Sent("messages")),
        ("x = Anthropic()\nx.messages.create(model=y)", Sent("messages")),
    ],
)
def test_the_call_and_its_client_say_how_it_is_sent(source: str, sent: Sent) -> None:
    (call,) = calls(source)
    assert call.sent == sent


@pytest.mark.parametrize(
    "client", ["AnthropicFoundry()", "Anthropic(base_url='https://gateway.example/api')", "Anthropic(base_url=URL)"]
)
def test_a_model_of_another_host_may_have_any_name(client: str) -> None:
    source = f"URL = 'http://localhost:4000'\nx = {client}\nx.messages.create(model='claude-small', max_tokens=1)"
    assert bodies(source) == ["{model: ?text, max_tokens: 1}"]


URL = "'https://api.anthropic.com/v1/messages'"


@pytest.mark.parametrize(
    "source",
    [
        f"requests.post({URL}, json=B)",
        f"httpx.post({URL}, json=B)",
        f"httpx.post(url={URL}, json=B)",
        f"session.post({URL}, json=B)",
        f"async def f():\n    async with httpx.AsyncClient() as c:\n        await c.post({URL}, json=B)",
        f"async def f():\n    async with session.post({URL}, json=B) as r: pass",
        f"requests.request('POST', {URL}, json=B)",
        f"requests.request(method='post', url={URL}, json=B)",
        f"httpx.stream('POST', {URL}, json=B)",
        f"client.build_request('POST', {URL}, json=B)",
        f"requests.post({URL}, data=json.dumps(B))",
        f"requests.post({URL}, json.dumps(B))",
        f"requests.post({URL}, data=json.dumps(B).encode('utf-8'))",
        f"data = json.dumps(B)\nrequests.post({URL}, data=data)",
        f"httpx.post({URL}, content=orjson.dumps(B))",
        f"urllib.request.Request({URL}, data=json.dumps(B).encode())",
        f"Request({URL}, json.dumps(B).encode())",
        f"URL = {URL}\nrequests.post(URL, json=B)",
        "BASE = 'https://api.anthropic.com'\nrequests.post(f'{BASE}/v1/messages', json=B)",
        "BASE = 'https://api.anthropic.com'\nrequests.post(BASE + '/v1/messages', json=B)",
        "c = httpx.Client(base_url='https://api.anthropic.com')\nc.post('/v1/messages', json=B)",
        "c = http.client.HTTPSConnection('api.anthropic.com')\nc.request('POST', '/v1/messages', json.dumps(B), h)",
        f"class A:\n    url = {URL}\n    def f(self):\n        requests.post(self.url, json=B)",
        f"b = {{**B}}\nrequests.post({URL}, json=b)",
    ],
)
def test_requests_without_the_sdk_are_read(source: str) -> None:
    assert bodies(f"B = {{'model': 'claude-haiku-4-5', 'max_tokens': 1}}\n{source}") == [
        '{model: "claude-haiku-4-5", max_tokens: 1}'
    ]


@pytest.mark.parametrize(
    "source",
    [
        "requests.post('https://example.org/v1/messages', json={})",
        "requests.post(f'{base}/v1/messages', json={})",
        "requests.get('https://api.anthropic.com/v1/messages')",
        "requests.request('GET', 'https://api.anthropic.com/v1/messages')",
        "requests.post('https://api.anthropic.com/v1/complete', json={'messages': 1})",
        f"respx.post({URL}).mock(return_value=x)",
        f"respx.post({URL}, json={{}})",
        f"respx_mock.post({URL}).respond(json={{}})",
        f"with requests_mock.Mocker() as m:\n    m.post({URL}, json={{}})",
        f"import requests_mock\nwith requests_mock.Mocker() as m:\n    m.post({URL}, json={{}})",
        f"responses.post({URL}, json={{}})",
        f"x.post({URL}, json={{'model': 'gpt-4o'}})",
        "post('/v1/messages', json={}) # api.anthropic.com",
    ],
)
def test_other_requests_are_left_alone(source: str) -> None:
    assert calls(source) == []


@pytest.mark.parametrize("data", ["data=x", "data={'model': 1}", "json=x", "data=x.encode()", "timeout=1"])
def test_a_request_whose_body_cannot_be_read_counts(data: str) -> None:
    (body,) = bodies(f"requests.post({URL}, {data})")
    assert body == "?"


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        (
            "{'anthropic-version': '2023-06-01', 'x-api-key': k}",
            Sent("messages", "anthropic", frozenset(), "2023-06-01"),
        ),
        ("{'Anthropic-Beta': 'a'}", Sent("messages", "anthropic", frozenset({"a"}))),
        ("{'anthropic-beta': k}", Sent("messages", "anthropic")),
        ("{**k}", Sent("messages", "anthropic")),
        ("k", Sent("messages", "anthropic")),
    ],
)
def test_the_headers_of_a_request_say_how_it_is_sent(headers: str, sent: Sent) -> None:
    (call,) = calls(f"requests.post({URL}, headers={headers}, json={{}})")
    assert call.sent == sent


def test_a_session_may_have_headers_of_its_own() -> None:
    (call,) = calls(f"session.post({URL}, headers={{'x-api-key': k}}, json={{}})")
    assert call.sent.betas is None


@pytest.mark.parametrize(
    "source",
    [
        "with pytest.raises(anthropic.BadRequestError):\n    CALL",
        "with pytest.raises(BadRequestError, match='x') as e:\n    CALL",
        "with self.assertRaises(TypeError):\n    CALL",
        "with self.assertRaisesRegex(Exception, 'x'):\n    CALL",
        "with x, pytest.raises(E):\n    CALL",
        "with pytest.raises(E):\n    for x in y:\n        CALL",
        "with pytest.raises(E), CALL as stream:\n    pass",
        "pytest.raises(E, lambda: CALL)",
        "with contextlib.suppress(anthropic.BadRequestError):\n    CALL",
        "try:\n    CALL\nexcept anthropic.BadRequestError:\n    pass",
        "try:\n    CALL\nexcept BadRequestError as e:\n    print(e)",
        "try:\n    CALL\nexcept (A, anthropic.BadRequestError):\n    pass",
        "try:\n    CALL\nexcept RateLimitError:\n    pass\nexcept anthropic.BadRequestError:\n    pass",
        "try:\n    if x:\n        CALL\nexcept anthropic.BadRequestError:\n    pass",
        "@pytest.mark.xfail\ndef test():\n    CALL",
        "@pytest.mark.xfail(reason='x')\nasync def test():\n    CALL",
        "@unittest.expectedFailure\ndef test():\n    CALL",
    ],
)
def test_a_call_that_is_to_be_refused_is_not_checked(source: str) -> None:
    (call,) = calls(source.replace("CALL", "client.messages.create(max_tokens=-1)"))
    assert call.is_refused_on_purpose


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    CALL\nexcept anthropic.APIError:\n    pass",
        "try:\n    CALL\nexcept anthropic.APIStatusError as e:\n    pass",
        "try:\n    CALL\nexcept Exception:\n    pass",
        "try:\n    CALL\nexcept:\n    pass",
        "try:\n    x()\nexcept anthropic.BadRequestError:\n    CALL",
        "try:\n    x()\nexcept anthropic.BadRequestError:\n    pass\nelse:\n    CALL",
        "try:\n    x()\nexcept anthropic.BadRequestError:\n    pass\nfinally:\n    CALL",
        "with contextlib.suppress(Exception):\n    CALL",
        "with pytest.warns(E):\n    CALL",
        "with pytest.raises(E):\n    pass\nCALL",
        "@pytest.mark.parametrize('x', [])\ndef test():\n    CALL",
    ],
)
def test_an_everyday_call_is_checked(source: str) -> None:
    (call,) = calls(source.replace("CALL", "client.messages.create(max_tokens=-1)"))
    assert not call.is_refused_on_purpose


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("client.messages.create(..., system='a')", '{system: "a", +}'),
        ("client.messages.create(...)", "{+}"),
        ("client.messages.create(model='claude-haiku-4-5', messages=[])", '{model: "claude-haiku-4-5", messages: []}'),
        ("client.messages.create(model='claude-haiku-4-5')", '{model: "claude-haiku-4-5", +}'),
        ("client.messages.create(system='a')", '{system: "a", +}'),
        (
            "client.messages.create(model='<MODEL>', max_tokens=1, messages=[])",
            "{model: ?, max_tokens: 1, messages: []}",
        ),
        (
            "client.messages.create(\n    model=x,\n    # ...\n    messages=[],\n)",
            "{model: ?, messages: [], +}",
        ),
        (
            "client.messages.create(\n    model=x,\n    # other parameters\n    messages=[],\n)",
            "{model: ?, messages: [], +}",
        ),
        (
            "client.messages.create(model=x, max_tokens=1, messages=[...])",
            "{model: ?, max_tokens: 1, messages: [+], +}",
        ),
        ("client.messages.create(model=x, max_tokens=1, ...)", "{model: ?, max_tokens: 1, +}"),
        ("client.messages.create(model=x, max_tokens=1, \u2026)", "{model: ?, max_tokens: 1, +}"),
        ("client.messages.create(\n    model=x,\n    ...,\n    max_tokens=1,\n)", "{model: ?, max_tokens: 1, +}"),
        (
            "client.messages.create(model=x, max_tokens=1, messages=[{'role': 'user', ...}])",
            '{model: ?, max_tokens: 1, messages: [{role: "user", +}]}',
        ),
        (
            "client.messages.create(model=x, max_tokens=1, messages=[{...}])",
            "{model: ?, max_tokens: 1, messages: [{+}], +}",
        ),
        ("client.messages.create(model=x, max_tokens=1, tools=...)", "{model: ?, max_tokens: 1, tools: ?, +}"),
        ("    client.messages.create(model=x, max_tokens=1)", "{model: ?, max_tokens: 1}"),
        ("    x = 1\n    return client.messages.create(model=x, max_tokens=1)", "{model: 1, max_tokens: 1}"),
        (">>> client.messages.create(model=x, max_tokens=1)\nMessage(…)", "{model: ?, max_tokens: 1}"),
        (">>> client.messages.create(model=x,\n...     max_tokens=1)\n<…>", "{model: ?, max_tokens: 1}"),
        ("%pip install anthropic\nclient.messages.create(model=x, max_tokens=1)", "{model: ?, max_tokens: 1}"),
        ("!pip install anthropic\nclient.messages.create(model=x, max_tokens=1)", "{model: ?, max_tokens: 1}"),
        ("await client.messages.create(model=x, max_tokens=1)", "{model: ?, max_tokens: 1}"),
        ("yield client.messages.create(model=x, max_tokens=1)", "{model: ?, max_tokens: 1}"),
    ],
)
def test_a_snippet_of_a_documentation_may_be_cut_short(source: str, expected: str) -> None:
    (call,) = read(source.encode(), is_fragment=True).calls
    assert shown(call.body) == expected


@pytest.mark.parametrize(
    "source",
    [
        "client.messages.create(",
        "client.messages.create(model=)",
        "{'messages': } create",
        "$ client.messages.create(model=1)",
    ],
)
def test_a_snippet_that_cannot_be_parsed_is_skipped(source: str) -> None:
    assert read(source.encode(), is_fragment=True) == Source()


def test_the_places_of_a_snippet_are_those_of_its_text() -> None:
    data = ">>> x = 'é'\n'é'\n>>> client.messages.create(system=x,\n...   max_tokens=«-1»)\n".encode()
    start = data.index("«".encode())
    data = data.replace("«".encode(), b"").replace("»".encode(), b"")
    (call,) = read(data, is_fragment=True).calls
    assert call.body.properties is not None
    assert call.body.properties["max_tokens"].value.start == start
    assert data[call.start : call.end] == b"client.messages.create(system=x,\n...   max_tokens=-1)"


@pytest.mark.parametrize(
    ("source", "start"),
    [
        ("messages.create(\n", 15),
        ("x = 1\nmessages.create(a b)\n", 22),
        ("messages.create('é', a b)", 21),
    ],
)
def test_a_text_that_is_not_python_is_unread(source: str, start: int) -> None:
    unread = read(source.encode()).unread
    assert unread is not None
    assert unread.why.startswith("it is not Python: ")
    assert abs(unread.start - start) <= 1


@pytest.mark.parametrize(
    "source",
    [
        "messages.create" + "(" * 10_000,
        "messages.create(" + "-" * 100_000 + "1)",
        "messages.create(model=" + "[" * 90 + "]" * 90 + ")",
        "messages.create(model=" + " + ".join(["'a'"] * 20_000) + ")",
        "messages.create(model=" + "x." * 20_000 + "y)",
        "messages.create(model=" + "x(" * 150 + ")" * 150 + ")",
        "messages.create(model='a\0')",
        "messages.create(model=x)" + ".messages" * 5_000,
        "a0 = [1]\n" + "".join(f"a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 80)) + "messages.create(model=a79)",
        "a0 = 'x'\n" + "".join(f"a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 80)) + "messages.create(model=a79)",
        "a0 = [1]\n" + "".join(f"a{n} = [a{n - 1}, a{n - 1}]\n" for n in range(1, 80)) + "messages.create(model=a79)",
        "a0 = 1\n" + "".join(f"a{n} = a{n - 1}\n" for n in range(1, 3_000)) + "messages.create(model=a2999)",
        "def f():\n  messages.create(model=a)\na = [b, b]\nb = [a, a]",
        "messages.create(model=" + "f'{" * 3 + "x" + "}'" * 3 + ")",
    ],
)
def test_hostile_texts_are_read_in_time_and_without_an_error(source: str) -> None:
    started = time.process_time()
    result = read(source.encode())
    for call in result.calls:
        spelled(call.body)
    assert time.process_time() - started < 5


def test_warnings_of_the_parser_are_not_shown() -> None:
    assert len(calls("x = '\\d' is 1\nclient.messages.create(model=x)")) == 1


def test_many_calls_take_linear_time() -> None:
    text = "def f(x):\n    y = [{'role': 'user', 'content': x}]\n    client.messages.create(model=M, messages=y)\n"
    text += "    y.append(1)\n    g(y)\n"
    started = time.process_time()
    assert len(calls("M = 'claude-haiku-4-5'\n" + text * 3000)) == 3000
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    "data", [b"", b"x = 1", b"messages = 1", b"def create(): pass", b"import anthropic\nmessages.retrieve(", b"create("]
)
def test_a_text_without_the_words_of_a_call_is_not_parsed(data: bytes) -> None:
    assert read(data) == Source()


def test_comments_for_msglint_are_found_but_not_in_texts() -> None:
    data = "# msglint: allow[x]\ns = '# msglint: no'\nx.messages.create(model='é')  # msglint: allow[y]\n# z\n".encode()
    assert [data[start:end].decode() for start, end in read(data).comments] == [
        "# msglint: allow[x]",
        "# msglint: allow[y]",
    ]


def test_comments_keep_their_places_behind_any_line_end() -> None:
    data = b"x = '''\r\n'''\r# msglint: allow[x]\r\nclient.messages.create(model=x)"
    assert [data[start:end] for start, end in read(data).comments] == [b"# msglint: allow[x]"]


def test_a_call_in_an_f_string_is_found() -> None:
    data = "x = f'é{client.messages.create(max_tokens=5)}'".encode()
    for call in read(data).calls:
        assert data[call.start : call.end] == b"client.messages.create(max_tokens=5)"
        assert call.body.properties is not None
        assert data[slice(*call.body.properties["max_tokens"].key)] == b"max_tokens"


def test_a_json_text_in_a_literal_is_read_where_it_stands() -> None:
    data = f"B = '{{\"top_k\":5}}'\nrequests.post({URL}, data=B)".encode()
    [call] = read(data).calls
    member = (call.body.properties or {})["top_k"]
    assert call.body.start == 5
    assert data[slice(*member.key)] == b'"top_k"'
    assert data[member.value.start : member.value.end] == b"5"


@pytest.mark.parametrize("literal", [r"'{\"a\": \'x\'}'", "'{' '}'", "f'{x}'", "'{}'.strip()"])
def test_a_json_text_with_escapes_or_in_parts_is_unknown(literal: str) -> None:
    assert bodies(f"requests.post({URL}, data={literal})") == ["?"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def walked(written: Written) -> list[Written]:
    found = [written]
    for one in found:
        found.extend(one.inner())
    return found


@settings(max_examples=150, deadline=None)
@given(value=JSON, before=st.sampled_from(["", "x = 'é'; ", "x = '''\r\n😀'''; ", "\x0c", "if 1:\r\t"]))
def test_every_place_holds_the_literal_of_its_value(value: object, before: str) -> None:
    data = f"{before}client.messages.create(max_tokens=1, metadata={value!r})".encode()
    (call,) = read(data).calls
    assert call.body.properties is not None
    for written in walked(call.body.properties["metadata"].value):
        literal = ast.literal_eval(data[written.start : written.end].decode())
        if not spelled(written).unknown.values:
            assert literal == spelled(written).value
        for name, member in (written.properties or {}).items():
            assert ast.literal_eval(data[slice(*member.key)].decode()) == name


WORDS = st.sampled_from(
    [
        *(
            "client.messages.create(",
            ")",
            "model=",
            "messages",
            "[",
            "]",
            "{",
            "}",
            "'a'",
            '"""',
            "\n",
            "\r",
            "\t",
            " ",
        ),
        *("x", "=", "**", "...", "é", "😀", "\x0c", "#", "f'{", "}'", ",", ":", "if x:\n ", "def f():\n ", "lambda: "),
        *("for x in y", "\\", "\u2028", "\ufeff", "await ", "with x as y:\n ", "%", "!ls\n", ">>> ", "\0", "1e999"),
        *("-", "class A:\n ", "self.x", "global x\n", "del x\n"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, max_size=30), is_fragment=st.booleans())
def test_no_text_raises(words: list[str], is_fragment: bool) -> None:  # noqa: FBT001 - drawn
    data = ("messages.create\n" + "".join(words)).encode()
    source = read(data, is_fragment=is_fragment)
    for call in source.calls:
        spelled(call.body)
        assert 0 <= call.start <= call.end <= len(data)


def test_a_client_of_our_own_api_sends_the_betas_of_amazon_bedrock_in_the_body() -> None:
    source = """
        import anthropic
        client = anthropic.Anthropic()
        client.messages.create(model="claude-haiku-4-5", extra_body={"anthropic_beta": ["a"]})
    """
    assert bodies(source) == ['{model: "claude-haiku-4-5", anthropic_beta: ["a"]}']
