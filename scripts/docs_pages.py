"""The pages of the documentation that are made of the rules and of the project's own files, as a hook of mkdocs.

Nothing of it is committed: `mkdocs build` makes it, so that the documentation says what the rules say.
"""

from __future__ import annotations

import json
import re
from datetime import date
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scripts.corpus import TODAY, corpus
from validator.cli.eval import markdown
from validator.config.keys import CONFIGURATION, OVERRIDE
from validator.explain.pages import conditions, page_of, readable, scope, spelled, wordings
from validator.explain.scoring import record_of, scored
from validator.facts import betas
from validator.formats import full
from validator.formats.style import Style
from validator.own.definition import RULE
from validator.rules import AREAS, RULES

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from validator.rules import Example, Rule

_ROOT: Final = Path(__file__).resolve().parent.parent
_LARGEST_MARK: Final = 8
"""Lines of a place that are all marked; of a longer one only the first is."""

_CODE: Final = re.compile(r"``(.+?)``|`([^`]+)`")
_HEADING: Final = re.compile(r"^# .*\n", re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)#:]+)\)")
_FENCE: Final = "````"
_EXCERPT: Final = re.compile(r" *\d* (\||-->)")
_SEVERITY: Final = re.compile(r"^(error|warning|info)\[[^\]]+\]")
_INCLUDED: Final = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
_TITLES: Final = {"CONTRIBUTING.md": "Contributing", "CHANGELOG.md": "Changelog"}
_BETAS: Final = "<!-- betas -->"
_KEYS: Final = "<!-- keys -->"
_RULE_KEYS: Final = "<!-- rule keys -->"
_EVALUATION: Final = "<!-- evaluation -->"


def pages() -> dict[str, str]:
    """Return the Markdown of every page that is made, by its path below the folder of the documentation."""
    return {
        "rules/index.md": _index(),
        **{f"rules/{area}/index.md": _area(area) for area in AREAS},
        **{f"{page_of(rule.id)}index.md": page(rule) for rule in RULES.values()},
        "answers.md": _answers(),
        **{target: _included(name) for name, target in _INCLUDED.items()},
    }


def navigation() -> list[Any]:
    """Return the part of the navigation that leads to the rules: their index, then a section for each area."""
    areas = [
        {area: [f"rules/{area}/index.md", *({_name(rule): f"{page_of(rule.id)}index.md"} for rule in _rules_of(area))]}
        for area in AREAS
    ]
    return ["rules/index.md", *areas]


def page(rule: Rule) -> str:
    """Return the page of a rule."""
    parts = [
        f"---\ntitle: {rule.id}\ndescription: {_plain(rule.summary)}\n---",
        f"# {rule.id}",
        f'<p class="rule-head">{_badge(rule)} {_prose(rule.summary)}</p>',
    ]
    limits = scope(rule)
    if limits:
        rows = "".join(f"<dt>{label}</dt><dd>{_prose(text)}</dd>" for label, text in limits.items())
        parts.append(f'<dl class="limits">{rows}</dl>')
    parts += ["## Why", f"<p>{_prose(rule.why)}</p>"]
    if rule.fix:
        parts += ["## Fix", f"<p>{_prose(rule.fix)}</p>"]
    messages = wordings(rule)
    if messages:
        items = "".join(f"<li>{_message(message)}</li>" for message in messages)
        parts += ["## What the API answers", f'<ul class="answers">{items}</ul>']
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        if examples:
            parts += [f"## {heading}", *(_example(example) for example in examples)]
    parts += ["## Source", f"<p>{_prose(rule.source)}</p>"]
    return "\n\n".join(parts) + "\n"


def _example(example: Example) -> str:
    found = spelled(example)
    options = conditions(example)
    marked = found.marked
    lines = ""
    if marked is not None:
        first, last = marked
        lines = f' hl_lines="{first}-{last if last - first < _LARGEST_MARK else first}"'
    language = "text" if isinstance(example.request, bytes) else "json"
    parts = [f"<p>With <code>{escape(options)}</code>:</p>"] if options else []
    parts.append(f"{_FENCE} {{ .{language}{lines} }}\n{found.text}\n{_FENCE}")
    if found.violations:
        parts.append(_printed("".join(full.render([found.result], Style())).rstrip()))
    return "\n\n".join(parts)


def _printed(text: str) -> str:
    """Set what the command prints; what is not part of an excerpt may be wrapped."""
    lines = []
    for line in text.split("\n"):
        excerpt = _EXCERPT.match(line)
        severity = _SEVERITY.sub(lambda head: f'<b class="{head[1]}">{head[0]}</b>', escape(line), count=1)
        lines.append(f"<span>{escape(line)}\n</span>" if excerpt else f'<span class="words">{severity}\n</span>')
    return f'<pre class="printed"><code>{"".join(lines)}</code></pre>'


def _index() -> str:
    tables = "\n\n".join(
        f"## {area} {{ #{area} }}\n\n<p>{_prose(_about(area))}</p>\n\n{_table(_rules_of(area), '')}" for area in AREAS
    )
    return f"""# Rules

<p>There are {len(RULES)} rules in {len(AREAS)} areas. An id is <code>area/name</code>; each can be left out with
<code>--ignore</code>, alone or with its whole area. <a href="../answers.html">What the API answered</a> finds a rule
by the words of the API.</p>

{tables}
"""


def _area(area: str) -> str:
    return f"# {area}\n\n<p>{_prose(_about(area))}</p>\n\n{_table(_rules_of(area), '../')}\n"


def _table(rules: list[Rule], up: str) -> str:
    """Make a table of rules, on a page that is `up` from the index of rules."""
    rows = "\n".join(
        f'<tr><td><a href="{up}{rule.id}/index.html">{_name(rule)}</a></td><td>{_badge(rule)}</td>'
        f"<td>{_prose(_headline(rule))}</td></tr>"
        for rule in rules
    )
    return f'<table class="rules">\n{rows}\n</table>'


def _answers() -> str:
    rows = "\n".join(
        f'<tr data-message="{escape(message)}"><td>{_message(message)}</td>'
        f'<td><a href="{page_of(rule.id)}index.html">{rule.id}</a><br>{_prose(_headline(rule))}</td></tr>'
        for rule in RULES.values()
        for message in wordings(rule)
    )
    return f"""---
hide: [navigation, toc]
---

# What the API answered

<p>Paste what the API answered, a piece of it, or a line of a log: the table below shows the rules that speak of it.
What differs from answer to answer stands in <code>&lt;angle brackets&gt;</code>. At a terminal,
<code>msglint explain "…"</code> does the same.</p>

<p><input id="answer" type="search" placeholder="tools: Tool names must be unique." autocomplete="off"
aria-label="What the API answered" hidden><span id="answer-count" role="status"></span></p>

<table id="answers">
<thead><tr><th>The API says</th><th>The rule</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>

<script src="assets/answers.js"></script>
"""


def _included(name: str) -> str:
    """Return a file of the project as a page: links to other files lead to their pages, or nowhere."""
    text = (_ROOT / name).read_text("utf-8")
    text = _LINK.sub(lambda link: f"[{link[1]}]({_INCLUDED[link[2]]})" if link[2] in _INCLUDED else link[1], text)
    return _HEADING.sub(f"# {_TITLES[name]}\n", text, count=1)


def _betas() -> str:
    rows = "\n".join(
        f"<tr><td><code>{escape(beta.name)}</code></td><td>{_prose(beta.description)}"
        f"{f' <em>Deprecated: {_prose(beta.instead)}</em>' if beta.instead else ''}</td></tr>"
        for beta in betas().values()
    )
    return (
        f"<table>\n<thead><tr><th>Header</th><th>What it is for</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _rules_of(area: str) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.area == area]


def _name(rule: Rule) -> str:
    return rule.id.partition("/")[2]


def _about(area: str) -> str:
    """Return the first line of the docstring of an area's module."""
    text = import_module(f"validator.rules.{area.replace('-', '_')}").__doc__ or ""
    return text.partition("\n")[0]


def _headline(rule: Rule) -> str:
    return rule.summary.partition(". ")[0].rstrip(".")


def _badge(rule: Rule) -> str:
    return f'<span class="severity {rule.severity.value}" data-search-exclude>{rule.severity.value}</span>'


def _message(message: str) -> str:
    """Set a message of the API as code, and what differs from answer to answer apart."""
    parts = re.split(r"(\{\w+\})", message)
    spans = [f"<var>{escape(readable(part))}</var>" if part[:1] == "{" else escape(part) for part in parts if part]
    return f"<code>{''.join(spans)}</code>"


def _prose(text: str) -> str:
    """Turn a text with names in backticks into HTML."""
    parts: list[str] = []
    end = 0
    for name in _CODE.finditer(text):
        parts += [escape(text[end : name.start()]), f"<code>{escape((name[1] or name[2]).strip())}</code>"]
        end = name.end()
    return "".join([*parts, escape(text[end:])])


def _plain(text: str) -> str:
    """Make a text fit for one line of a page's head."""
    return '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'


def on_config(config: MkDocsConfig) -> None:
    """Put the rules into the navigation."""
    config.nav = [
        {"Rules": navigation()} if isinstance(item, dict) and "Rules" in item else item for item in config.nav or ()
    ]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that are made."""
    from mkdocs.structure.files import File

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:  # noqa: ARG001 - the signature of mkdocs
    """Put the tables that are made of the project's own data where a page wants them."""
    for mark, table in (
        (_BETAS, _betas),
        (_KEYS, _keys),
        (_RULE_KEYS, _rule_keys),
        (_EVALUATION, _evaluation),
    ):
        if mark in markdown:
            markdown = markdown.replace(mark, table())
    return markdown


def _keys() -> str:
    in_overrides = {key.name for key in OVERRIDE.keys}
    rows = [
        f"| `{key.name}` | {key.description} | {'yes' if key.name in in_overrides else ''} |"
        for key in CONFIGURATION.keys
    ]
    return "\n".join(["| key | | in `overrides` |", "|---|---|---|", *rows])


def _rule_keys() -> str:
    rows = [f"| `{key.name}` | {key.description} | {'yes' if key.required else ''} |" for key in RULE.keys]
    return "\n".join(["| key | | needed |", "|---|---|---|", *rows])


def _evaluation() -> str:
    """Return the table of the rules over the project's own material."""
    records = (record_of(json.dumps(record).encode(), "") for record in corpus())
    return "\n".join(markdown(scored(records, today=date.fromisoformat(TODAY))))
