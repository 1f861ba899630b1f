"""The format `html`: one self-contained page with the violations by file or by rule, and filters.

The HTML holds all violations, by file; `page.js` only filters and regroups them. The page is ASCII, because the digests
in its content security policy must match whatever the encoding of the output.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, defaultdict
from hashlib import sha256
from itertools import count as numbers
from string import Template
from typing import TYPE_CHECKING, Final

from ..._version import __version__
from ...common.resources import folder_of
from ...common.wording import count
from ...report import Severity
from ...rules import RULES
from .findings import counted, reported, suppressed, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...files import FileResult
    from ...report.file_result import DescribedRule
    from ..style import Style

_MOST_FINDINGS: Final = 25_000
"""The most violations; Chromium opens so large a page in 3 seconds, filters it in 0.5 and regroups it in 1."""
_HINT: Final = (
    "<code>msglint explain RULE</code> explains a rule. <code>msglint check --fix</code> applies the safe fixes, and "
    "with <code>--unsafe-fixes</code> the others too."
)


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one page; beyond its limit, suppressed violations are omitted first, then the least severe."""
    page = _Page(list(results))
    before, after = _read("page.html").split("$findings")
    around = page.around()
    yield Template(before).substitute(around)
    yield from page.findings()
    yield Template(after).substitute(around, suppressed=page.suppressed())


class _Page:
    """The content of the page. Violations are included while there is room, the worst first."""

    def __init__(self, results: Sequence[FileResult]) -> None:
        self._results = results
        self._found = sum((result.severities() for result in results), Counter[Severity]())
        self._failed = [result for result in results if result.error is not None]
        self._suppressed = sum(result.means().total() for result in results)
        self._names = numbers(1)
        self._room: dict[Severity | None, int] = {}
        room = _MOST_FINDINGS
        kept = Counter(violation.severity for result in results for violation in result.violations)
        listed = sum(len(result.suppressed) for result in results)
        for severity, number in [*((each, kept[each]) for each in Severity), (None, listed)]:
            self._room[severity] = min(number, room)
            room -= self._room[severity]

    def around(self) -> dict[str, str]:
        """Return the values for the template, other than the violations."""
        style, script = _read("page.css"), _read("page.js")
        own = f"style-src {_digest(style)}; script-src {_digest(script)}"
        return {
            "policy": f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'",
            "style": style,
            "script": script,
            "headline": self._headline(),
            "checked": self._checked(),
            "hint": _HINT if self._found else "",
            "overview": "\n".join(part for part in (self._left_out(), self._failures(), self._rules()) if part),
            "version": text(__version__),
        }

    def findings(self) -> Iterator[str]:
        """Yield the violations of each file that has some."""
        for file, result in enumerate(self._results):
            taken = [violation for violation in result.violations if self._takes(violation.severity)]
            if taken:
                counts = counted(Counter(violation.severity for violation in taken))
                label = ' <span class="label">configuration</span>' if result.is_configuration else ""
                yield (
                    f'<details class="group" data-file="{file}" open>\n'
                    f'<summary><h2>{text(result.name)}</h2>{label} <span class="counts">{counts}</span></summary>\n'
                    f"{''.join(reported(violation, next(self._names), result.lines) for violation in taken)}"
                    "</details>\n"
                )

    def suppressed(self) -> str:
        """Return the suppressed violations of each file."""
        number = self._room[None]
        if not number:
            return ""
        files = []
        for file, result in enumerate(self._results):
            taken = [suppressed(each) for each in result.suppressed if self._takes(None)]
            if taken:
                heading = f'<section data-file="{file}">\n<h3>{text(result.name)}</h3>\n'
                files.append(f"{heading}{''.join(taken)}</section>\n")
        heading = f'<h2>Suppressed</h2> <span class="counts">{number:,}</span>'
        return f'<details id="suppressed" class="group">\n<summary>{heading}</summary>\n{"".join(files)}</details>'

    def _takes(self, severity: Severity | None) -> bool:
        """Whether there is room for one more violation of a severity, or with None for a suppressed one; counts it."""
        self._room[severity] -= 1
        return self._room[severity] >= 0

    def _headline(self) -> str:
        if self._found:
            return f"<h1>{counted(self._found)}</h1>"
        if self._failed:
            return "<h1>Some files could not be checked</h1>"
        return '<h1 class="clean">Nothing to report</h1>' if self._results else "<h1>Nothing was checked</h1>"

    def _checked(self) -> str:
        """Return the line that says how much was checked, and how many files have violations."""
        checked = [result for result in self._results if result.error is None and not result.is_configuration]
        requests = count(sum(result.requests for result in checked), "request")
        broken = sum(bool(result.violations) for result in checked)
        said = f"{requests} in {count(len(checked), 'file')} checked"
        if broken and len(checked) > 1:
            said += f", {broken:,} of which {'has' if broken == 1 else 'have'} findings"
        return f"{said}. {count(self._suppressed, 'finding')} suppressed." if self._suppressed else f"{said}."

    def _left_out(self) -> str:
        number = self._found.total() + self._suppressed - sum(self._room.values())
        if not number:
            return ""
        if any(result.omitted or result.omitted_suppressed for result in self._results):
            return f'<p class="notice">{count(number, "finding")} counted and not listed.</p>'
        said = f"{count(number, 'finding')} left out, as a page has room for {_MOST_FINDINGS:,}: the suppressed first"
        return f'<p class="notice">{said}, then the mildest. <code>--format jsonl</code> has no limit.</p>'

    def _failures(self) -> str:
        if not self._failed:
            return ""
        heading = f"<h2>{count(len(self._failed), 'file')} could not be checked</h2>"
        items = [f"<li><code>{text(each.name)}</code>: {words(each.error or '')}</li>\n" for each in self._failed]
        return f'<section id="failures">\n{heading}\n<ul>\n{"".join(items)}</ul>\n</section>'

    def _rules(self) -> str:
        """Return a table of the broken rules, the worst and most frequent first."""
        found: defaultdict[str, Counter[Severity]] = defaultdict(Counter)
        files: Counter[str] = Counter()
        rules: dict[str, DescribedRule] = dict(RULES)
        for result in self._results:
            rules = {**result.rules, **rules} if result.rules else rules
            for violation in result.violations:
                found[violation.rule][violation.severity] += 1
            for kind, number in result.omitted.items():
                found[kind.rule][kind.severity] += number
            files.update({violation.rule for violation in result.violations})
        if not found:
            return ""
        ordered = sorted(found, key=lambda rule: [*(-found[rule][severity] for severity in Severity), rule])
        rows = "".join(_row(rule, counted(found[rule]), files[rule], rules.get(rule)) for rule in ordered)
        heading = f"<h2>{count(len(found), 'rule')} broken</h2>"
        head = "<tr><th>rule</th> <th>findings</th> <th>files</th> <th>what it finds</th></tr>"
        return (
            f'<details id="rules" class="group">\n<summary>{heading}</summary>\n'
            f"<table>\n<thead>\n{head}\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</details>"
        )


def _row(rule: str, counts: str, files: int, about: DescribedRule | None) -> str:
    summary = words(about.summary) if about is not None else ""
    return (
        f'<tr><th scope="row"><a href="#findings"><code class="rule">{text(rule)}</code></a></th> '
        f'<td>{counts}</td> <td class="files">{files:,}</td> <td class="summary">{summary}</td></tr>\n'
    )


def _digest(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    """Read a part of the page."""
    return (folder_of(__name__) / name).read_text("utf-8")
