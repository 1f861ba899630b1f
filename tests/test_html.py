"""The page for a person: as a parser reads it, and as a browser shows it."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import FIXTURES, hello
from tests.test_command import run
from tests.test_formats import RESULTS, SECRET, TEXT, VIOLATIONS, rendered, violation
from validator.checking.linter import Linter
from validator.files import FileResult, check_text
from validator.fixes.fix import Applicability, Fix
from validator.formats import html
from validator.report import Range, Related, Severity, Violation
from validator.report.file_result import Means, Suppressed
from validator.report.fingerprint import fingerprint
from validator.rules import RULES

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

BAD = FIXTURES / "bad"
VOID = {"input", "meta"}
TAGS = (
    "html head meta title style body script main header footer section article div details summary h1 h2 h3 p span"
    " a code pre mark samp kbd dl dt dd ul li table thead tbody tr th td fieldset legend label input select button"
)
HOSTILE = (
    '<script>window.ran = 1</script>"\'&amp;&lt;</style></script><img src=x onerror="window.ran = 2">',
    "a\nb\tc\rd\0e\x1bf\x85g",
    "\u2028\u2029\u202e\ufeff\ufffe\U0010ffff\xa0",
    "é 語 😀 `one` `two",
    "]]> --> <!-- ${script} $style %(a)s {b}",
)
MEANS = {
    Means.COMMENT: "suppressed by a comment",
    Means.CONFIGURATION: "suppressed by the configuration",
    Means.BASELINE: "in the baseline",
}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self) -> str:
        """The text with the backticks that code had."""
        parts = [child if isinstance(child, str) else child.words for child in self.children]
        text = "".join(parts)
        return f"`{text}`" if self.tag == "code" and not self.attributes else text

    def all(self, tag: str, name: str | None = None) -> list[Element]:
        """Find elements by their tag, and a class or an id."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                names = {*(child.attributes.get("class") or "").split(), child.attributes.get("id")}
                found += [child] if tag in {child.tag, "*"} and (name is None or name in names) else []
                found += child.all(tag, name)
        return found

    def one(self, tag: str, name: str | None = None) -> Element:
        (found,) = self.all(tag, name)
        return found


class Reader(HTMLParser):
    """Builds the tree of a page in which every element is closed where it has to be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_decl(self, decl: str) -> None:
        assert decl == "DOCTYPE html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        pytest.fail(f"a declaration: {data}")


def read(text: str) -> Element:
    """Read a page that is well-formed, and in which nothing stands that could be fetched or run but its own script."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    (root,) = reader.open
    assert text.isascii()
    assert {element.tag for element in root.all("*")} <= set(TAGS.split())
    assert len(root.all("script")) == len(root.all("style")) == 1
    for element in root.all("*"):
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "style", "srcset", "action", "formaction", "ping", "background", "poster"}
            assert name != "href" or re.fullmatch("#(f[0-9]+|findings)", value or "")
            assert name not in {"id", "class", "data-file"} or re.fullmatch("[a-z0-9 -]+", value or "")
    return root


def page(*results: FileResult) -> Element:
    return read(rendered("html", list(results)))


def suppressed(found: Violation, means: Means, reason: str | None = None) -> Suppressed:
    return Suppressed(found, fingerprint(found, None), means, reason)


def spelled(text: str) -> str:
    """Spell what has no place in a page, or would not be seen there."""
    return "".join(
        char if char in "\n\t" or char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def message_of(article: Element) -> str:
    severity, message = article.one("h3").words.split(" ", 1)
    assert severity in article.attributes["class"].split()  # type: ignore[union-attr]
    return message


def with_all(found: Violation, title: str, api_message: str | None, applicability: Applicability) -> Violation:
    return found._replace(fix=Fix(title, applicability, ()), api_message=api_message)


FULL_VIOLATIONS = VIOLATIONS | st.builds(
    with_all, VIOLATIONS, TEXT, st.none() | TEXT, st.sampled_from(list(Applicability))
)
FULL_RESULTS = st.builds(
    lambda results, found, silenced, lines: [
        *results,
        FileResult("b", 1, tuple(found), dict(enumerate(lines, 1)), suppressed=tuple(silenced)),
    ],
    RESULTS,
    st.lists(FULL_VIOLATIONS, max_size=3),
    st.lists(
        st.builds(suppressed, FULL_VIOLATIONS, st.sampled_from(list(Means)), st.none() | TEXT),
        max_size=3,
    ),
    st.lists(TEXT, max_size=50),
)


@settings(max_examples=60, deadline=None)
@given(FULL_RESULTS)
def test_any_results_come_back_from_a_well_formed_page(results: list[FileResult]) -> None:
    root = page(*results)
    broken = [result for result in results if result.violations]
    groups = root.one("div", "findings").all("details")
    assert [group.one("h2").text for group in groups] == [result.name for result in broken]
    for group, result in zip(groups, broken, strict=True):
        articles = group.all("article")
        assert list(map(message_of, articles)) == [spelled(found.message) for found in result.violations]
        assert [each.one("code", "rule").text for each in articles] == [found.rule for found in result.violations]
        assert_counts(group.one("span", "counts"), result.violations)
        for article, found in zip(articles, result.violations, strict=True):
            assert_all_is_said(article, found)
    every = [found for result in results for found in result.violations]
    if every:
        assert_counts(root.one("h1"), every)
    failed = [f"`{result.name}`: {spelled(result.error)}" for result in results if result.error is not None]
    assert [item.words for item in root.all("li")] == failed
    silenced = root.one("details", "suppressed").all("article") if results[-1].suppressed else []
    assert list(map(message_of, silenced)) == [spelled(each.violation.message) for each in results[-1].suppressed]
    for article, each in zip(silenced, results[-1].suppressed, strict=True):
        told = article.one("p", "means").words
        assert (
            told.endswith("e baseline" if each.means is Means.BASELINE else each.means.value) or each.reason is not None
        )
        assert each.reason is None or told.endswith(f": {spelled(each.reason)}")


def assert_counts(element: Element, found: Any) -> None:
    numbers = Counter(each.severity for each in found)
    wanted = [f"{numbers[kind]} {kind}{'s' * (numbers[kind] > 1)}" for kind in Severity if numbers[kind]]
    assert element.text == " ".join(wanted)


def assert_all_is_said(article: Element, found: Violation) -> None:
    wanted = {}
    if found.help is not None:
        wanted["help"] = spelled(found.help)
    if found.fix is not None:
        wanted["fix"] = f"{spelled(found.fix.title)} {found.fix.applicability}"
    if found.api_message is not None:
        wanted["API"] = spelled(found.api_message)
    terms = [term.text for term in article.all("dt")]
    assert dict(zip(terms, (item.words for item in article.all("dd")), strict=True)) == wanted
    notes = [note.words for note in article.all("p", "note")]
    assert len(notes) == len(found.related)
    for note, related in zip(notes, found.related, strict=True):
        assert note.startswith(f"note: {spelled(related.message)} ")
    place = found.range
    assert article.one("a", "place").text == (f"{place.line}:{place.column}" if place else "no line")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    found = violation(
        message=text,
        pointer=f"/{text}",
        help=text,
        api_message=text,
        related=(Related(text, text, Range(2, 1, 2, 2)),),
        fix=Fix(text, Applicability.UNSAFE, ()),
    )
    name = spelled(text)
    lines = {1: text, 2: text}
    silenced = (suppressed(found, Means.COMMENT, text),)
    root = page(FileResult(name, 1, (found,), lines, suppressed=silenced), FileResult(name, error=text))
    assert [heading.text for heading in root.all("h2")] == [
        "1 file could not be checked",
        "1 rule broken",
        name,
        "Suppressed",
    ]
    assert root.one("li").words == f"`{name}`: {spelled(text)}"
    for article in root.all("article"):
        assert message_of(article) == spelled(text)
    assert_all_is_said(root.all("article")[0], found)
    shown = [line.text for line in root.all("pre")]
    assert [line.partition(" ")[0] for line in shown] == ["1", "2"]
    assert root.one("p", "means").words == f"suppressed by a comment: {spelled(text)}"


def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else() -> None:
    text = rendered("html", [FileResult("a", 1, (violation(),))])
    root = read(text)
    (policy,) = (each for each in root.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy")
    digests = {tag: b64encode(sha256(root.one(tag).text.encode()).digest()).decode() for tag in ("style", "script")}
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; script-src 'sha256-{digests['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert not re.search(r"://|url\(|@import|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)


def test_the_place_is_marked_in_its_line() -> None:
    body = hello(max_tokens=-1, messages=[{"role": "user", "content": "é😀" * 200, "nmae": 1}])
    result = check_text("a", json.dumps(body, ensure_ascii=False).encode(), Linter())
    first, second = page(result).all("pre")
    assert (first.one("mark").text, second.one("mark").text) == ("-1", '"nmae"')
    assert first.one("span", "line").text == "1"
    assert '"max_tokens": -1, "messages"' in first.text
    assert first.text.endswith("…")
    assert len(first.text) < 120
    assert re.fullmatch('1 …[é😀]{37}", "nmae": 1}]}', second.text)


def test_second_places_are_shown_too() -> None:
    (article,) = page(check_text("a", (BAD / "budget-above-max-tokens.json").read_bytes(), Linter())).all("article")
    first, second = article.all("pre")
    assert [first.one("mark").text, second.one("mark").text] == ["16000", "8000"]
    assert article.one("p", "note").words == "note: `max_tokens` is set here 3:17 /max_tokens"


def test_a_place_of_no_width_and_one_of_more_lines_are_marked() -> None:
    found = (violation(range=Range(1, 4, 1, 4)), violation(range=Range(1, 2, 3, 1)), violation(range=Range(9, 1, 9, 2)))
    first, second = page(FileResult("a", 1, found, {1: "abc"})).all("pre")
    assert (first.text, first.one("mark").text) == ("1 abc", "")
    assert (second.text, second.one("mark").text) == ("1 abc", "b")


@pytest.mark.parametrize("is_reported", [True, False])
def test_a_secret_in_a_line_is_masked(is_reported: bool) -> None:  # noqa: FBT001 - a case
    message = {"role": "user", "content": f"Why is {SECRET} refused?", "nmae": 1}
    result = check_text("a", json.dumps(hello(max_tokens=-1, messages=[message])).encode(), Linter())
    assert len(result.violations) == 3
    if not is_reported:
        (leak,) = (found for found in result.violations if found.rule == "request/secret")
        rest = tuple(found for found in result.violations if found is not leak)
        result = result._replace(violations=rest, suppressed=(suppressed(leak, Means.BASELINE),))
    text = rendered("html", [result])
    assert SECRET[4:12] not in text
    lines = [line.text for line in read(text).all("pre")]
    assert len(lines) == len(result.violations)
    assert any("*" * 8 in line for line in lines)


def test_files_that_could_not_be_checked_come_first() -> None:
    text = rendered("html", [FileResult("a", 1, (violation(),)), FileResult("b", error="cannot be read: why")])
    assert text.index("cannot be read: why") < text.index('<div id="findings">')
    root = page(FileResult("b", error="cannot be read: why"))
    assert (root.one("h1").text, root.one("h2").text) == (
        "Some files could not be checked",
        "1 file could not be checked",
    )
    assert root.one("p", "checked").text == "0 requests in 0 files checked."


def test_what_is_suppressed_stands_apart_and_is_folded() -> None:
    found = violation(message="`a` is wrong")
    silenced = tuple(suppressed(found, means, "as I say") for means in Means)
    root = page(FileResult("a", 2, suppressed=(*silenced, suppressed(found, Means.BASELINE))))
    assert root.one("h1").text == "Nothing to report"
    assert root.one("p", "checked").text == "2 requests in 1 file checked. 4 findings suppressed."
    section = root.one("details", "suppressed")
    assert "open" not in section.attributes
    assert [each.text for each in section.all("p", "means")] == [
        "suppressed by a comment: as I say",
        "suppressed by the configuration: as I say",
        "in the baseline: as I say",
        "in the baseline",
    ]
    assert not root.one("div", "findings").all("article")


def test_a_page_without_findings_says_what_was_checked() -> None:
    root = page(FileResult("a", 2), FileResult("b", 1), FileResult("c", is_configuration=True))
    assert root.one("h1").text == "Nothing to report"
    assert root.one("p", "checked").text == "3 requests in 2 files checked."
    assert page().one("h1").text == "Nothing was checked"


def test_the_numbers_are_those_of_what_was_found() -> None:
    mild = violation(severity=Severity.WARNING, rule="schema/type")
    about = violation(severity=Severity.INFO)
    results = (
        FileResult("a", 1200, (violation(), violation(), mild)),
        FileResult("b", 1),
        FileResult("c", 1, (mild,)),
        FileResult("msglint.toml", is_configuration=True, violations=(about,)),
    )
    root = page(*results)
    assert root.one("h1").text == "2 errors 2 warnings 1 info"
    assert root.one("p", "checked").text == "1,202 requests in 3 files checked, 2 of which have findings."
    assert [each.text for each in root.all("span", "label")] == ["configuration"]
    rows = [[cell.text for cell in row.all("td")[:2]] for row in root.one("tbody").all("tr")]
    assert rows == [["2 errors 1 info", "2"], ["2 warnings", "2"]]
    assert [each.text for each in root.one("tbody").all("code", "rule")] == ["schema/enum", "schema/type"]
    assert root.one("tbody").all("td", "summary")[0].words == RULES["schema/enum"].summary


def test_of_too_many_findings_the_worst_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MOST_FINDINGS", 4)
    found = [violation(severity=severity, message=str(severity)) for severity in reversed(Severity)]
    silenced = (suppressed(violation(message="silenced"), Means.COMMENT),)
    many = [FileResult(name, 1, tuple(found), suppressed=silenced) for name in "ab"]
    root = page(*many)
    assert [message_of(article) for article in root.all("article")] == ["warning", "error"] * 2
    assert root.one("h1").text == "2 errors 2 warnings 2 infos"
    assert root.one("p", "notice").text.startswith("4 findings left out, as a page has room for 4: ")
    assert not root.all("details", "suppressed")
    monkeypatch.setattr(html, "_MOST_FINDINGS", 7)
    root = page(*many)
    assert [message_of(article) for article in root.all("article")] == [*["info", "warning", "error"] * 2, "silenced"]
    assert root.one("p", "notice").text.startswith("1 finding left out, ")
    monkeypatch.setattr(html, "_MOST_FINDINGS", 8)
    assert not page(*many).all("p", "notice")


def test_a_page_has_room_for_25_000_findings() -> None:
    root = page(FileResult("a", 1, (violation(severity=Severity.INFO),) * 25_000 + (violation(),)))
    assert len(root.all("article")) == 25_000
    assert root.one("p", "notice").text.startswith("1 finding left out, as a page has room for 25,000: ")
    assert message_of(root.all("article")[-1]) == "wrong"


def test_the_command_writes_the_same_page_to_a_file_and_to_any_screen(tmp_path: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    arguments = ("check", "after-emoji.json", "--output", f"html={tmp_path / 'report.html'}", "--format", "html")
    done = run(*arguments, cwd=BAD, environment=environment)
    assert done.returncode == 1
    assert done.out == (tmp_path / "report.html").read_text("utf-8")
    articles = read(done.out).all("article")
    assert [article.one("a", "place").text for article in articles] == ["4:73", "5:100", "6:76"]
    assert articles[0].one("mark").text == '"nmae"'
    assert "Zoë" in articles[0].one("pre").text


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a browser that shows pages from a disk, and is not to fetch anything."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("there is no chromium, or no chromedriver")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--window-size=1280,1000",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()


@pytest.fixture
def shown(browser: Chrome, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Open the page of some results; nothing may have been fetched, refused or gone wrong when the test is over."""

    def show(*results: FileResult, at: str = "") -> Shown:
        path = tmp_path / "report.html"
        path.write_text(rendered("html", list(results)), "utf-8")
        browser.get(path.as_uri() + at)
        return Shown(browser)

    yield show
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


class Shown:
    """A page in a browser."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        """Return the text of the elements that one sees."""
        return [element.text for element in self.all(selector) if element.is_displayed()]

    def evaluate(self, expression: str) -> Any:
        return self.browser.execute_script(f"return {expression}")

    def press(self, keys: str) -> None:
        """Press keys, wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.browser).send_keys(keys).perform()

    def waits_for(self, selector: str, text: str) -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.browser, 10, 0.02).until(lambda _: self.one(selector).text == text)


def five() -> list[FileResult]:
    """Return the results of three files, with a finding that is suppressed."""
    mild = violation(rule="betas/deprecated", severity=Severity.WARNING, message="`old` is deprecated")
    return [
        FileResult("a.json", 1, (violation(message="`alpha` is wrong"), mild), {1: '{"line": 1}'}),
        FileResult(
            "b.json",
            1,
            (violation(message="beta", rule="schema/type"), mild),
            suppressed=(suppressed(violation(message="silenced", rule="schema/type"), Means.COMMENT),),
        ),
        FileResult("c.json", 1, (violation(message="gamma", rule="schema/type"),)),
        FileResult("d.json", error="cannot be read"),
    ]


def test_a_browser_filters_by_text(shown: Callable[..., Shown]) -> None:
    page = shown(*five())
    assert page.one("#count").text == "5 findings"
    page.one("#text").send_keys("ALPHA is")
    page.waits_for("#count", "1 of 5 findings")
    assert page.texts("#findings h2") == ["a.json"]
    assert page.texts("#findings h3") == ["error alpha is wrong"]
    assert page.texts("#findings .counts") == ["1 error"]
    assert page.texts("#severities span") == ["1 error", "0 warnings"]
    page.one("#text").clear()
    page.one("#text").send_keys("b.json `old`")
    page.waits_for("#severities .warning span", "1 warning")
    assert page.texts("#findings h2") == ["b.json"]
    page.one("#text").send_keys(" and what is not there")
    page.waits_for("#count", "0 of 5 findings")
    assert page.one("#nothing").is_displayed()
    page.one("#reset").click()
    assert page.one("#count").text == "5 findings"
    assert not page.one("#nothing").is_displayed()


def test_a_browser_filters_by_severity_rule_and_file(shown: Callable[..., Shown]) -> None:
    from selenium.webdriver.support.select import Select

    page = shown(*five())
    assert page.texts("#severities span") == ["3 errors", "2 warnings"]
    page.one("#severities .error input").click()
    assert page.texts("#findings h3") == ["warning old is deprecated"] * 2
    assert page.texts("#severities span") == ["3 errors", "2 warnings"]
    rule, file = Select(page.one("#rule")), Select(page.one("#file"))
    assert [option.text.strip() for option in rule.options] == [
        "all rules (2)",
        "all of betas (2)",
        "betas/deprecated (2)",
        "all of schema (0)",
        "schema/enum (0)",
        "schema/type (0)",
    ]
    assert [option.text for option in file.options] == ["all files (2)", "a.json (1)", "b.json (1)", "c.json (0)"]
    page.one("#reset").click()
    rule.select_by_value("schema/")
    assert page.texts("#findings h2") == ["a.json", "b.json", "c.json"]
    assert page.texts("#findings .counts") == ["1 error"] * 3
    rule.select_by_value("schema/type")
    file.select_by_index(2)
    assert page.texts("#findings h3") == ["error beta"]
    assert [option.text for option in file.options] == ["all files (2)", "a.json (0)", "b.json (1)", "c.json (1)"]
    assert page.texts("#suppressed .counts") == ["1"]
    file.select_by_index(3)
    assert page.texts("#suppressed .counts") == ["0 of 1"]


def test_a_browser_groups_by_rule(shown: Callable[..., Shown]) -> None:
    page = shown(*five())
    page.one("#grouping input[value=rule]").click()
    assert page.texts("#findings h2") == ["schema/type", "schema/enum", "betas/deprecated"]
    assert page.texts("#findings .counts") == ["2 errors", "1 error", "2 warnings"]
    assert page.texts("#findings .place") == ["b.json:1:2", "c.json:1:2", "a.json:1:2", "a.json:1:2", "b.json:1:2"]
    assert page.texts("#findings .about")[0] == RULES["schema/type"].summary
    page.one("#severities .error input").click()
    assert page.texts("#findings h2") == ["betas/deprecated"]
    page.one("#grouping input[value=file]").click()
    assert page.texts("#findings h2") == ["a.json", "b.json"]
    assert page.texts("#findings .place") == ["1:2"] * 2
    page.one("#reset").click()
    assert page.texts("#findings h3") == [
        "error alpha is wrong",
        "warning old is deprecated",
        "error beta",
        "warning old is deprecated",
        "error gamma",
    ]


def test_a_browser_is_driven_by_the_keyboard(shown: Callable[..., Shown]) -> None:
    page = shown(*five())
    focused = "document.activeElement.querySelector('h3').textContent"
    page.press("j")
    assert page.evaluate(focused) == "error alpha is wrong"
    page.press("jj")
    assert page.evaluate(focused) == "error beta"
    page.press("k")
    assert page.evaluate(focused) == "warning old is deprecated"
    page.press("g")
    assert page.texts("#findings h2")[0] == "schema/type"
    page.press("/jg")
    page.waits_for("#count", "0 of 5 findings")
    assert page.evaluate("document.querySelector('#text').value") == "jg"
    page.press("\ue00c")
    page.waits_for("#count", "5 findings")
    tab, space = "\ue004", "\ue00d"
    page.press(tab * 3 + space)
    assert page.one("#count").text == "2 of 5 findings"


def test_a_browser_has_nothing_to_filter_where_nothing_is_found(shown: Callable[..., Shown]) -> None:
    page = shown(FileResult("a", 1, suppressed=(suppressed(violation(), Means.BASELINE),)))
    page.press("gj")
    assert page.texts("h1") == ["Nothing to report"]
    assert not page.one("#filters").is_displayed()
    assert not page.one("#nothing").is_displayed()


def test_a_browser_folds_the_groups(shown: Callable[..., Shown]) -> None:
    page = shown(*five())
    page.one("#fold").click()
    assert page.texts("#findings h3") == []
    page.waits_for("#fold", "Unfold all")
    page.press("j")
    assert page.texts("#findings h3") == ["error alpha is wrong", "warning old is deprecated"]
    assert page.texts("#suppressed h3") == []
    page.one("#suppressed summary").click()
    assert page.texts("#suppressed h3") == ["b.json", "error silenced"]


def test_a_browser_goes_to_the_finding_of_an_address(shown: Callable[..., Shown]) -> None:
    page = shown(*five(), at="#f4")
    assert page.evaluate("document.activeElement.id") == "f4"
    page.one("#severities .warning input").click()
    assert not page.one("#f4").is_displayed()
    page.evaluate("location.hash = '#f2'")
    page.waits_for("#count", "5 findings")
    assert page.evaluate("document.activeElement.id") == "f2"


def test_a_browser_shows_the_findings_of_a_rule_of_the_table(shown: Callable[..., Shown]) -> None:
    page = shown(*five())
    page.one("#rules summary").click()
    page.one("#rules tbody a").click()
    assert page.one("#count").text == "2 of 5 findings"
    assert page.texts("#findings h3") == ["error beta", "error gamma"]


def test_a_browser_takes_nothing_of_a_request_for_mark_up(shown: Callable[..., Shown]) -> None:
    results = []
    for text in HOSTILE:
        found = violation(message=text, pointer=text, help=text, api_message=text, rule="schema/type")
        results.append(
            FileResult(spelled(text), 1, (found,), {1: text}, suppressed=(suppressed(found, Means.COMMENT, text),))
        )
    page = shown(*results, FileResult("e", error=HOSTILE[0]))
    for by in ("rule", "file"):
        page.one(f"#grouping input[value={by}]").click()
        heads = page.evaluate("[...document.querySelectorAll('#findings h3')].map((each) => each.textContent)")
        assert heads == [f"error {spelled(text)}".replace("`one`", "one") for text in HOSTILE]
    names = page.evaluate("[...document.querySelectorAll('#file option')].map((each) => each.textContent)")
    assert names[1:] == [f"{spelled(text)} (1)" for text in HOSTILE]
    assert page.evaluate("window.ran") is None
    assert page.all("img") == []
    assert len(page.all("script")) == 1


def test_a_browser_shows_all_without_the_script(browser: Chrome, shown: Callable[..., Shown]) -> None:
    command: Callable[..., Any] = browser.execute_cdp_cmd
    command("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = shown(*five())
        assert page.texts("#findings h2") == ["a.json", "b.json", "c.json"]
        assert len(page.texts("#findings h3")) == 5
        assert not page.one("#filters").is_displayed()
    finally:
        command("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_has_a_light_and_a_dark_page_that_fit_a_narrow_window(
    scheme: str, browser: Chrome, shown: Callable[..., Shown]
) -> None:
    command: Callable[..., Any] = browser.execute_cdp_cmd
    command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    command(
        "Emulation.setDeviceMetricsOverride", {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        page = shown(
            FileResult("a" * 300, 1, (violation(message="b" * 300, pointer="/c" * 99),), {1: "d" * 300}, path=None),
            *five(),
        )
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = sum(map(int, re.findall("[0-9]+", ground)))
        assert (brightness > 600) == (scheme == "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    finally:
        command("Emulation.clearDeviceMetricsOverride", {})
        command("Emulation.setEmulatedMedia", {"features": []})
