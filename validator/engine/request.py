"""Requests and nodes as rules see them: values with a path, safe to ask however malformed the request is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex
from ..common.numbers import whole
from ..common.pointer import dotted
from ..common.unknown import NotKnownError, PartialArray, PartialObject, is_unknown
from ..common.wording import quotation
from ..facts import Model
from ..facts.api import PLATFORMS
from ..fixes import Fix
from ..report import Severity, Target
from .context import Answer, Context
from .finding import Finding
from .vocabulary import ROLES, Lacks, may_be_marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..common.pointer import Path
    from .rule import Rule


_NOTHING: Final = Lacks()
_PLACEHOLDER: Final = regex(r"\{(\w+)\}")


def _refuse_wrong_words(message: object, advice: object, severity: object, related: Sequence[tuple[Any, Any]]) -> None:
    """Fail in the rule that is to blame, a plugin's perhaps, rather than where the report is printed."""
    texts = (message, advice, *(text for _, text in related))
    if not all(isinstance(each, str) for each in texts):
        msg = "the message and the help of a finding must be strings"
        raise TypeError(msg)
    if severity is not None and not isinstance(severity, Severity):
        msg = "the severity of a finding must be one of `Severity`"
        raise TypeError(msg)


MakesFinding = Callable[[str, Exception, "Path"], Finding]
"""Makes a finding of the error that a rule raised, from its id, the error and the place of the request."""


class Request:
    """The request that is being checked."""

    __slots__ = (
        "_answers",
        "_failed",
        "_failure",
        "asked_unknown",
        "blank",
        "body",
        "context",
        "findings",
        "lacks",
        "model",
        "path",
        "rule",
    )

    def __init__(
        self,
        body: dict[str, Any],
        context: Context,
        path: Path = (),
        model: Model | None = None,
        failure: MakesFinding | None = None,
        *,
        lacks: Lacks = _NOTHING,
        blank: Sequence[int] | None = None,
    ) -> None:
        self.body = body
        self.context = context
        self.lacks = lacks
        """What its messages are known not to have, without looking at them."""
        self.path = path
        """The path of the body in the document: empty, but for the requests of a batch."""
        self.model = model
        """The model it is for; None for an unknown one."""
        self.rule: Rule | None = None
        """The rule that is running, set by the engine."""
        self.findings: list[Finding] = []
        self.asked_unknown = False
        """Whether a rule asked for something that is not known."""
        self.blank = blank
        """The indices of the messages that may be blank, if they are known."""
        self._answers: dict[Callable[[Request], Any], Any] = {}
        self._failed: set[str] = set()
        self._failure = failure
        """Makes a finding of a rule that raised; without it the error is raised."""

    @property
    def root(self) -> Node:
        """The whole body."""
        return Node(self.body, self.path, self)

    @property
    def conversation(self) -> Conversation:
        """The messages as the API reads them, in turns."""
        return self.cached(_conversation)

    @property
    def platform(self) -> str:
        """Whose API the request is for: by the linter's option, or else by the form of its model's id."""
        chosen = self.context.platform
        return self.model.platform if self.model is not None and chosen == PLATFORMS[0] else chosen

    @property
    def model_name(self) -> str:
        """The name of its model for messages: as the body has it, or the id of the model that the URL names."""
        if "model" in self.body or self.model is None:
            return str(self.body.get("model"))
        return self.model.name_on(self.model.platform)

    @property
    def model_set_here(self) -> list[tuple[Node, str]]:
        """The related place of a violation that another model would not have."""
        return [(self.root.at("model"), "the model is set here")] if "model" in self.body else []

    @property
    def has_system_messages(self) -> bool:
        """Whether a message has the role `system`: such messages may add tools."""
        return not self.lacks.system_messages and any(
            message.text("role") == "system" for message in self.root.items("messages")
        )

    @property
    def may_be_marked(self) -> bool:
        """Whether a block of its messages can have a `cache_control`."""
        return not self.lacks.marks and may_be_marked(self.body.get("messages"))

    def fact(self, name: str) -> Any:
        """Return a fact about its model by the name in the data file; None where it is unknown."""
        return self.model.fact(name) if self.model is not None else None

    def sends(self, *betas: str) -> bool | None:
        """Whether one of these beta headers goes with the request; None when its headers are unknown."""
        return None if self.context.betas is None else not self.context.betas.isdisjoint(betas)

    def failed(self, rule: Rule, error: Exception) -> None:
        """Record that a rule raised; it is reported once for each request."""
        if rule.id not in self._failed:
            self._failed.add(rule.id)
            if self._failure is None:
                raise error
            self.findings.append(self._failure(rule.id, error, self.path))

    def cached(self, find: Callable[[Request], Answer]) -> Answer:
        """Return `find(request)`, which is called once for each request: for answers that several rules need."""
        if find not in self._answers:
            self._answers[find] = find(self)
        answer: Answer = self._answers[find]
        return answer


class RequestOfUnknownModel(Request):
    """A request whose model is not known: who asks for the model, or for a fact about it, gets no further."""

    __slots__ = ()

    @property
    def model(self) -> Model | None:
        """Raise, because it is not known."""
        raise NotKnownError

    @model.setter
    def model(self, _: Model | None) -> None:
        """Ignore what is set."""


class Node:
    """A value of the request. Whatever it lacks, or has of another type, is None, so a rule never fails on it."""

    __slots__ = ("path", "request", "value")

    def __init__(self, value: Any, path: Path, request: Request) -> None:
        self.value = value
        self.path = path
        self.request = request

    @property
    def steps(self) -> Path:
        """The path from the request itself, not from the root of the document, which may be a batch."""
        return self.path[len(self.request.path) :]

    @property
    def place(self) -> str:
        """The path from the request as the API spells it, with dots."""
        return dotted(self.steps)

    @property
    def type(self) -> str | None:
        """The `type` of an object, where it is a string."""
        tag = self.value.get("type") if isinstance(self.value, dict) else None
        return tag if isinstance(tag, str) else None

    def at(self, *steps: str | int) -> Node:
        """Follow keys and indices to a value; a node of None where there is no such value."""
        value = self.value
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = None
        return Node(value, (*self.path, *steps), self.request)

    def integer(self, *steps: str | int) -> int | None:
        """Return the integer at the end of `steps`, which may be spelled as a float: `1024.0` or `1e3`."""
        return whole(self.at(*steps).value if steps else self.value)

    def number(self, *steps: str | int) -> float | None:
        """Return the number at the end of `steps`, whole or not."""
        value = self.at(*steps).value if steps else self.value
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def text(self, *steps: str | int) -> str | None:
        """Return the string at the end of `steps`."""
        value = self.at(*steps).value if steps else self.value
        return value if isinstance(value, str) else None

    def flag(self, *steps: str | int) -> bool | None:
        """Return the boolean at the end of `steps`."""
        value = self.at(*steps).value if steps else self.value
        return value if isinstance(value, bool) else None

    def items(self, *steps: str | int) -> list[Node]:
        """Return the items of the array at the end of `steps`; an empty list where there is no array."""
        array = self.at(*steps)
        if not isinstance(array.value, (list, tuple)):
            return []
        if isinstance(array.value, PartialArray):
            nodes = [
                item if is_unknown(item) else Node(item, (*array.path, index), self.request)
                for index, item in array.value.numbered()
            ]
            return PartialArray(nodes, is_open=array.value.is_open)
        return [Node(item, (*array.path, index), self.request) for index, item in enumerate(array.value)]

    def properties(self, *steps: str | int) -> dict[str, Node]:
        """Return the properties of the object at the end of `steps`; an empty dict where there is no object."""
        holder = self.at(*steps)
        if not isinstance(holder.value, dict):
            return {}
        if isinstance(holder.value, PartialObject):
            nodes = {
                key: value if is_unknown(value) else Node(value, (*holder.path, key), self.request)
                for key, value in dict.items(holder.value)
            }
            return PartialObject(nodes, is_open=holder.value.is_open)
        return {key: Node(value, (*holder.path, key), self.request) for key, value in holder.value.items()}

    def report(
        self,
        message: str,
        *,
        help: str,  # noqa: A002 - the word the report uses
        related: Sequence[tuple[Node, str]] = (),
        target: Target = Target.VALUE,
        severity: Severity | None = None,
        api: dict[str, Any] | None = None,
        fix: Fix | None = None,
    ) -> None:
        """Report a mistake at this value.

        Args:
            message: What is wrong, with the value, and what is allowed; no full stop.
            help: What to do, with the names and numbers of the request.
            related: The other places that are part of the mistake, each with a few words.
            target: Whether to point at the value, at its key, or at the object that lacks something.
            severity: Where this case is milder than the rule usually is.
            api: The values for the names in braces in the first of the rule's `api_messages`; `place`, this value's
                path with dots, is always known.
            fix: The fix, if there is one; the rule's docstring describes it under `Fix: `.
        """
        if self.request.rule is None:
            msg = "a node can report only while its rule runs"
            raise RuntimeError(msg)
        _refuse_wrong_words(message, help, severity, related)
        rule = self.request.rule
        places = tuple((node.path, text) for node, text in related)
        try:
            said = _as_the_api_says(rule, {"place": self.place, **(api or {})})
        except NotKnownError:
            said = None
        except Exception as error:  # noqa: BLE001 - the finding is right, whatever the API would say
            self.request.failed(rule, error)
            said = None
        self.request.findings.append(Finding(rule, self.path, message, help, target, places, severity, said, fix=fix))


def repeated(values: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield each string that occurred before among `values`, with its first occurrence; skip other types."""
    firsts: dict[str, Node] = {}
    for value in values:
        text = value.text()
        if text is not None:
            first = firsts.setdefault(text, value)
            if first is not value:
                yield value, first


def _conversation(request: Request) -> Conversation:
    return Conversation(request.root)


def _as_the_api_says(rule: Rule, values: dict[str, Any]) -> str | None:
    """Fill in the API's message of a rule; None where a value for it is unknown."""
    if not rule.api_messages:
        return None
    template = rule.api_messages[0]
    if not set(_PLACEHOLDER.findall(template)) <= values.keys():
        return None
    return quotation(_PLACEHOLDER.sub(lambda name: str(values[name[1]]), template))


class Turn:
    """Consecutive messages of one role, which the API merges. Each keeps the path at which it is written."""

    __slots__ = ("conversation", "messages", "number", "role")

    def __init__(self, role: str | None, number: int, conversation: Conversation) -> None:
        self.role = role
        """`user`, `assistant` or `system`; None for messages with an unknown role or none."""
        self.number = number
        self.messages: list[Node] = []
        self.conversation = conversation

    def blocks(self, *types: str) -> Iterator[Node]:
        """Yield the content blocks of the turn that are objects, of some types or of all."""
        for message in self.messages:
            for block in message.items("content"):
                if isinstance(block.value, dict) and (not types or block.type in types):
                    yield block

    @property
    def previous(self) -> Turn | None:
        """The turn before this one."""
        return self.conversation.turns[self.number - 1] if self.number else None

    @property
    def next(self) -> Turn | None:
        """The turn after this one."""
        after = self.number + 1
        return self.conversation.turns[after] if after < len(self.conversation.turns) else None

    @property
    def is_last(self) -> bool:
        """Whether the conversation ends with this turn."""
        return self.number == len(self.conversation.turns) - 1


class Conversation:
    """The messages of a request in turns; computed on first use."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @cached_property
    def messages(self) -> list[Node]:
        """All messages, as they are written."""
        return self.root.items("messages")

    @cached_property
    def turns(self) -> list[Turn]:
        """The turns in their order; every message is in one of them."""
        turns: list[Turn] = []
        for message in self.messages:
            role = message.value.get("role") if isinstance(message.value, dict) else None
            role = role if isinstance(role, str) and role in ROLES else None
            if not turns or turns[-1].role != role:
                turns.append(Turn(role, len(turns), self))
            turns[-1].messages.append(message)
        return turns

    @cached_property
    def _turn_of_message(self) -> list[Turn]:
        return [turn for turn in self.turns for _ in turn.messages]

    def turn_of(self, node: Node) -> Turn:
        """Return the turn of a message, or of a value inside a message."""
        index = node.steps[1]
        return self._turn_of_message[int(index)]

    @cached_property
    def continues(self) -> bool:
        """Whether a thread holds earlier messages, so that the conversation may begin with any role."""
        thread = self.root.at("thread")
        return thread.value is not None and thread.text("type") != "create"

    @cached_property
    def may_end_with_answer(self) -> bool:
        """Whether the last message may be the assistant's: nothing is to be answered, or an answer is continued."""
        root = self.root
        return (
            root.at("compaction").value is not None
            or root.at("fallback_credit_token").value is not None
            or self.continues
            or any((edit.type or "").startswith("compact") for edit in root.items("context_management", "edits"))
        )

    @property
    def last(self) -> Turn | None:
        """The turn that the conversation ends with."""
        return self.turns[-1] if self.turns else None


def is_empty(message: Node) -> bool:
    """Whether the content of a message is an empty string or array."""
    content = message.at("content").value
    return isinstance(content, (str, list, tuple)) and not content
