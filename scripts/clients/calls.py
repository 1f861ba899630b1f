"""One call for each client and each way to put msglint before it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from scripts.loopback import Loopback
from validator.wire import Checked
from validator.wire.checked import message_of

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
NPM: Final = ROOT / "build" / "clients" / "npm"
MODEL: Final = "claude-sonnet-4-6"
STRICTER: Final = "claude-opus-5-5"
"""A model that refuses what instructor sends by default."""
START_SECONDS: Final = 120


class Setting(NamedTuple):
    """How to make a call."""

    server: Loopback
    """The server that stands in for the API."""
    guard_url: str
    """The address of `msglint guard` in front of it."""
    guarded: bool
    wrong: bool

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.server.url

    @property
    def behind(self) -> str:
        """The address for clients behind `msglint guard`."""
        return self.guard_url if self.guarded else self.url


class Call(NamedTuple):
    """A call of a client, and what is wrong with its wrong request."""

    make: Callable[[Setting], object]
    rule: str
    pointer: str


class ClientError(Exception):
    """Raised for an answer with an error, by clients that are programs of their own."""


CALLS: Final[dict[str, Call]] = {}
"""The calls by name."""


def client(name: str, rule: str, pointer: str) -> Callable[[Callable[[Setting], object]], Callable[[Setting], object]]:
    """Return a decorator that adds a call."""

    def add(make: Callable[[Setting], object]) -> Callable[[Setting], object]:
        CALLS[name] = Call(make, rule, pointer)
        return make

    return add


def request(setting: Setting) -> dict[str, Any]:
    """Return the arguments of a call of the official SDK."""
    return {
        "model": MODEL,
        "max_tokens": 64,
        "messages": [{"role": "usr" if setting.wrong else "user", "content": "Grüße"}],
    }


def http_library() -> str:
    """Return the name of the HTTP library of the SDK that is installed."""
    import anthropic

    return "httpx2" if hasattr(anthropic, "Middleware") else "httpx"


def sdk(setting: Setting, *, middleware: bool = False, **options: Any) -> Any:
    """Return a client of the official SDK."""
    import anthropic

    if middleware:
        if setting.guarded:
            from validator.integrations.anthropic import Guard

            options["middleware"] = [Guard()]
        return anthropic.Anthropic(base_url=setting.url, **options)
    if setting.guarded:
        guards = import_module(f"validator.integrations.{http_library()}")
        options["http_client"] = anthropic.DefaultHttpxClient(transport=guards.GuardTransport())
    return anthropic.Anthropic(base_url=setting.url, **options)


def async_sdk(setting: Setting, *, middleware: bool = False) -> Any:
    """Return an asynchronous client of the official SDK."""
    import anthropic

    options: dict[str, Any] = {}
    if setting.guarded and middleware:
        from validator.integrations.anthropic import Guard

        options["middleware"] = [Guard()]
    elif setting.guarded:
        guards = import_module(f"validator.integrations.{http_library()}")
        options["http_client"] = anthropic.DefaultAsyncHttpxClient(transport=guards.AsyncGuardTransport())
    return anthropic.AsyncAnthropic(base_url=setting.url, **options)


@client("anthropic-transport", "schema/enum", "/messages/0/role")
def _transport(setting: Setting) -> None:
    with sdk(setting) as made:
        made.messages.create(**request(setting))


@client("anthropic-transport-stream", "schema/enum", "/messages/0/role")
def _transport_stream(setting: Setting) -> None:
    with sdk(setting) as made, made.messages.stream(**request(setting)) as stream:
        if stream.get_final_text() != "Hello.":
            message = "the stream is another one"
            raise ClientError(message)


@client("anthropic-transport-async", "schema/enum", "/messages/0/role")
def _transport_async(setting: Setting) -> None:
    async def call() -> None:
        async with async_sdk(setting) as made:
            await made.messages.create(**request(setting))

    asyncio.run(call())


@client("anthropic-check", "pairing/tool-use-without-result", "/messages/1/content/1")
def _check(setting: Setting) -> None:
    """Answer a call of Claude's, with `check` before it: the blocks of the first answer are the SDK's own objects."""
    import anthropic

    import validator

    said = {"type": "text", "text": "Let me look."}
    called = {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {"zone": "Europe/Vienna"}}
    tool = {"name": "now", "description": "Tell the time.", "input_schema": {"type": "object"}}
    messages: list[Any] = [{"role": "user", "content": "What time is it?"}]
    body: dict[str, Any] = {"model": MODEL, "max_tokens": 64, "tools": [tool], "messages": messages}
    setting.server.answers.append({"content": [said, called], "stop_reason": "tool_use"})
    with anthropic.Anthropic(base_url=setting.url) as made:
        answer = made.messages.create(**body)
        setting.server.bodies.clear()
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "12:30"}
        messages += [
            {"role": answer.role, "content": answer.content},
            {"role": "user", "content": "Well?" if setting.wrong else [result]},
        ]
        try:
            for _ in range(3 * setting.guarded):  # from the second time on it is checked by another way
                validator.check(body)
        except validator.RequestError as error:
            raise ClientError(message_of(error.report.violations)) from error
        made.messages.create(**body)


@client("anthropic-middleware", "sampling/removed-parameter", "/temperature")
def _middleware(setting: Setting) -> None:
    import anthropic

    import validator

    extra = {"extra_body": {"temperature": 0.5}} if setting.wrong else {}
    with sdk(setting, middleware=True) as made:
        try:
            made.beta.messages.create(**request(setting._replace(wrong=False)), **extra)
        except anthropic.BadRequestError as error:
            if not isinstance(error, validator.RequestError) or error.report.ok:
                message = "the error has no report"
                raise ClientError(message) from None
            raise


@client("anthropic-middleware-async", "schema/enum", "/messages/0/role")
def _middleware_async(setting: Setting) -> None:
    async def call() -> None:
        async with async_sdk(setting, middleware=True) as made, made.messages.stream(**request(setting)) as stream:
            await stream.get_final_message()

    asyncio.run(call())


@client("pydantic-ai", "sampling/removed-parameter", "/temperature")
def _pydantic_ai(setting: Setting) -> None:
    from pydantic_ai import Agent
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    made = async_sdk(setting)
    agent = Agent(AnthropicModel(MODEL, provider=AnthropicProvider(anthropic_client=made)))
    agent.run_sync("Hello", model_settings={"temperature": 0.5} if setting.wrong else {})


@client("langchain-anthropic", "sampling/removed-parameter", "/temperature")
def _langchain(setting: Setting) -> None:
    from langchain_anthropic import ChatAnthropic

    options = {"temperature": 0.5} if setting.wrong else {}
    ChatAnthropic(model=MODEL, base_url=setting.behind, **options).invoke("Hello")


@client("instructor", "tool-choice/forced-unsupported", "/tool_choice/type")
def _instructor(setting: Setting) -> None:
    import instructor
    from pydantic import BaseModel

    class Person(BaseModel):
        name: str

    answer = {"type": "tool_use", "id": "toolu_1", "name": "Person", "input": {"name": "Ada"}}
    setting.server.answers.append({"content": [answer], "stop_reason": "tool_use"})
    made = instructor.from_anthropic(sdk(setting, middleware=True))
    made.create(
        model=STRICTER if setting.wrong else MODEL,
        max_tokens=64,
        messages=[{"role": "user", "content": "Who?"}],
        response_model=Person,
    )


@client("litellm-transport", "request/stop-sequence-whitespace", "/stop_sequences/0")
def _litellm(setting: Setting) -> None:
    import httpx
    import litellm
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    from validator.integrations.httpx import GuardTransport

    litellm.suppress_debug_info = True
    options: dict[str, Any] = {"stop": [" "]} if setting.wrong else {}
    if setting.guarded:
        options["client"] = HTTPHandler(client=httpx.Client(transport=GuardTransport()))
    litellm.completion(
        model=f"anthropic/{MODEL}",
        messages=[{"role": "user", "content": "Hello"}],
        api_base=setting.url,
        num_retries=0,
        **options,
    )


@client("litellm-callback", "request/stop-sequence-whitespace", "/stop_sequences/0")
def _litellm_callback(setting: Setting) -> None:
    """A callback only warns, so what it says of a request that has been sent is raised here."""
    import litellm

    from validator.integrations.litellm import Guard

    said: list[Checked] = []
    litellm.callbacks = [Guard(on_check=said.append)] if setting.guarded else []
    try:
        litellm.completion(
            model=f"anthropic/{MODEL}",
            messages=[{"role": "user", "content": "Hello"}],
            api_base=setting.url,
            **({"stop": [" "]} if setting.wrong else {}),
        )
    finally:
        litellm.callbacks = []
    if setting.guarded and len(said) != 1:
        message = f"the callback has checked {len(said)} requests"
        raise ClientError(message)
    for checked in said:
        if checked.found:
            if len(setting.server.bodies) == 1:
                setting.server.bodies.clear()
            raise ClientError(message_of(checked.found))


_CONFIGURATION: Final = """
model_list:
  - model_name: our-model
    litellm_params: {{model: anthropic/{model}, api_base: "{url}", api_key: none}}
litellm_settings:
  callbacks: msglint_guard.guard
"""

_KEY: Final = f"sk-{'0' * 64}"


@client("litellm-proxy", "schema/enum", "/messages/0/role")
def _litellm_proxy(setting: Setting) -> None:
    """The proxy as its documentation starts it; without msglint, the same without the callback."""
    with tempfile.TemporaryDirectory() as folder:
        lines = _CONFIGURATION.format(model=MODEL, url=setting.url)
        (Path(folder) / "config.yaml").write_text(
            lines if setting.guarded else lines.partition("litellm_settings")[0], "utf-8"
        )
        (Path(folder) / "msglint_guard.py").write_text(
            "from validator.integrations.litellm import Guard\n\nguard = Guard()\n", "utf-8"
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            str(Path(sys.executable).parent / "litellm"),
            "--config",
            "config.yaml",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_MASTER_KEY": _KEY,
        }
        process = subprocess.Popen(  # noqa: S603 - the environment's own program
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port, process)
            # With names that LiteLLM keeps to itself, and so never sends.
            body = {**request(setting), "model": "our-model", "user": "someone", "ttl": 60, "tags": ["ours"]}
            _post(f"http://127.0.0.1:{port}/v1/messages", body)
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2):
                return
        except OSError:  # noqa: PERF203 - it does not listen yet
            time.sleep(0.3)
    message = "the proxy did not start"
    raise ClientError(message)


def _post(url: str, body: dict[str, Any]) -> None:
    headers = {"content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": _KEY}
    sent = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(sent, timeout=60) as answer:  # noqa: S310 - as above
            answer.read()
    except urllib.error.HTTPError as error:
        answer = f"{error.code} {error.read().decode()}"
        raise ClientError(answer) from None


def _node(script: str, setting: Setting) -> None:
    """Run a script in Node, behind `msglint guard` as its command."""
    node = shutil.which("node")
    if node is None:
        message = "there is no node"
        raise ClientError(message)
    shutil.copy(HERE / script, NPM / script)
    command = [node, str(NPM / script), "wrong" if setting.wrong else "good"]
    if setting.guarded:
        guard = [sys.executable, "-m", "validator", "guard", "--isolated", "--upstream", setting.url, "--"]
        command = [*guard, *command]
    environment = {**os.environ, "ANTHROPIC_BASE_URL": setting.url if setting.guarded else _base_of(script, setting)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True)  # noqa: S603
    if done.returncode:
        raise ClientError(done.stdout + done.stderr)


def _base_of(script: str, setting: Setting) -> str:
    """Return the address for a client without the guard: the AI SDK wants the version in it."""
    return f"{setting.url}/v1" if script == "ai-sdk.mjs" else setting.url


@client("anthropic-ts", "schema/enum", "/messages/0/role")
def _typescript(setting: Setting) -> None:
    _node("anthropic-ts.mjs", setting)


@client("ai-sdk", "request/stop-sequence-whitespace", "/stop_sequences/0")
def _ai_sdk(setting: Setting) -> None:
    _node("ai-sdk.mjs", setting)
