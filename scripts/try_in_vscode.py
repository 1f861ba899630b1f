"""Try the extension in a real VS Code, and take the picture of it that the documentation shows.

Usage: try_in_vscode.py ENTRY EXTENSION [PICTURE [PICTURE_OF_PYTHON]]

ENTRY is `out/node/entry.js` of the npm package code-server, which serves VS Code to a browser, and EXTENSION the .vsix
that `npm run package` or `scripts/build_vscode.py` makes. The browser is Debian's chromium, with its chromium-driver.
In a folder that is opened, a mistake has to be underlined, its message has to be shown, and a quick fix has to make it
go away: in a file of JSON, in one of Python, and in one of TypeScript.

An extension with a program of its own is tried without Python and without another msglint: nothing is on the PATH, and
no setting names one. Any other is given the msglint of the environment that this script runs in.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

_TIMEOUT: Final = 60
_COLOURS: Final = 96
_SIZE: Final = (1180, 600)
_SETTINGS: Final = {
    "editor.minimap.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "typescript.validate.enable": False,
    "window.commandCenter": False,
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
    "workbench.startupEditor": "none",
}
_REQUEST: Final = """\
{
  "model": "claude-opus-4-8",
  "max_tokens": 1024,
  "temperatur": 1,
  "tools": [
    {
      "name": "weather",
      "description": "Tell the weather of a place.",
      "input_schema": {"type": "object", "properties": {"of": {"type": "string"}}}
    }
  ],
  "messages": [
    {"role": "user", "content": "Do I need an umbrella in Bergen?"},
    {
      "role": "assistant",
      "content": [
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"of": "Bergen"}}
      ]
    },
    {"role": "user", "content": "And in Oslo?"}
  ]
}
"""
_PYTHON: Final = """\
import anthropic

client = anthropic.Anthropic()

WEATHER = {
    "name": "weather",
    "description": "Tell the weather of a place.",
    "input_schema": {"type": "object", "properties": {"of": {"type": "string"}}},
}


def ask(place: str) -> anthropic.types.Message:
    return client.messages.create(
        model="claude-opus-4-8",
        max_tokens=1024,
        temperatur=1,
        tools=[WEATHER],
        messages=[
            {"role": "user", "content": f"Do I need an umbrella in {place}?"},
            {"role": "asistant", "content": "It depends."},
            {"role": "user", "content": "On what?"},
        ],
    )
"""
_TYPESCRIPT: Final = """\
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();

export async function ask(place: string) {
  return client.messages.create({
    model: "claude-opus-4-8",
    max_tokens: 1024,
    temperatur: 1,
    messages: [
      { role: "user", content: `Do I need an umbrella in ${place}?` },
      { role: "asistant", content: "It depends." },
      { role: "user", content: "On what?" },
    ],
  });
}
"""


def main(entry: str, extension: str, picture: str | None = None, picture_of_python: str | None = None) -> None:
    """Try the extension; fails where something that should be seen is not."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        texts = {"umbrella.json": _REQUEST, "umbrella.py": _PYTHON, "umbrella.ts": _TYPESCRIPT}
        files = {home / "prompts" / name: text for name, text in texts.items()}
        (home / "prompts").mkdir()
        for file, text in files.items():
            file.write_text(text, "utf-8")
        own = _has_program(Path(extension))
        path = {} if own else {"msglint.path": str(Path(sysconfig.get_path("scripts"), "msglint"))}
        # A setting of the machine does not count among those of the user, as the editor runs on another one.
        for kind, settings in {"User": _SETTINGS, "Machine": path}.items():
            (home / "data" / kind).mkdir(parents=True)
            (home / "data" / kind / "settings.json").write_text(json.dumps(settings), "utf-8")
        variables = os.environ | {"HOME": str(home)} | ({"PATH": str(home / "nothing")} if own else {})
        with _served(Path(entry), Path(extension), home, variables) as address, _browser(home) as browser:
            for file, shown in zip(files, (picture, picture_of_python, None), strict=True):
                _try(browser, address, file, Path(shown) if shown else None)


def _has_program(extension: Path) -> bool:
    with zipfile.ZipFile(extension) as archive:
        return any(name.startswith("extension/program/") for name in archive.namelist())


@contextmanager
def _served(entry: Path, extension: Path, home: Path, variables: dict[str, str]) -> Iterator[str]:
    """Serve VS Code with the extension and nothing else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    node = shutil.which("node") or "node"
    command = [node, str(entry), "--extensions-dir", str(home / "extensions"), "--user-data-dir", str(home / "data")]
    subprocess.run([*command, "--install-extension", str(extension)], check=True, env=variables)  # noqa: S603 - as named
    server = subprocess.Popen(  # noqa: S603 - as named
        [*command, "--auth", "none", "--bind-addr", address, "--disable-telemetry", "--disable-update-check"],
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(_TIMEOUT * 10):
            try:
                urlopen(f"http://{address}/healthz").close()
                break
            except URLError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _browser(home: Path) -> Iterator[Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home / 'profile'}"):
        options.add_argument(option)
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        # The window has a frame, which the size of what is in it has to be told without.
        metrics = {"width": _SIZE[0], "height": _SIZE[1], "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        yield browser
    finally:
        browser.quit()


def _try(browser: Chrome, address: str, file: Path, picture: Path | None) -> None:
    opened = json.dumps([["openFile", f"vscode-remote://{address}{file}"]])
    browser.get(f"http://{address}/?{urlencode({'folder': file.parent, 'payload': opened})}")
    _wait_for(browser, "squiggly-error", 2)
    ActionChains(browser).move_to_element(_mistake(browser)).perform()
    said = WebDriverWait(browser, _TIMEOUT).until(lambda page: _said(page, "did you mean"))
    sys.stdout.write(f"{said}\n")
    if picture is not None:
        time.sleep(1)
        image = Image.open(BytesIO(browser.get_screenshot_as_png())).convert("RGB")
        image.quantize(_COLOURS).save(picture, optimize=True)
        sys.stdout.write(f"{picture}: {picture.stat().st_size:,} bytes\n")
    # The server of the language may have had the line drawn anew.
    _mistake(browser).click()
    ActionChains(browser).key_down(Keys.CONTROL).send_keys(".").key_up(Keys.CONTROL).perform()
    _wait_for(browser, "action-widget", 1)
    time.sleep(1)
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    _wait_for(browser, "squiggly-error", 1)


def _mistake(browser: Chrome) -> WebElement:
    return browser.find_element(By.XPATH, "//div[@class='view-line']//span[contains(text(), 'temperatur')]")


def _said(browser: Chrome, words: str) -> str | None:
    """Return what is shown under the mouse, once some words are in it."""
    hovers = browser.find_elements(By.CSS_SELECTOR, ".monaco-hover:not(.hidden)")
    return next((hover.text for hover in hovers if words in hover.text), None)


def _wait_for(browser: Chrome, name: str, number: int) -> None:
    """Wait until there are `number` elements of a class."""
    WebDriverWait(browser, _TIMEOUT).until(lambda page: len(page.find_elements(By.CLASS_NAME, name)) == number)


if __name__ == "__main__":
    main(*sys.argv[1:])
