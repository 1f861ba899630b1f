"""LiteLLM: a hook for its proxy that refuses, and a callback for its SDK that warns.

In the configuration of the proxy, with a module beside it that has `guard = Guard()`:

```yaml
litellm_settings:
  callbacks: msglint_guard.guard
```
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from litellm.integrations.custom_logger import CustomLogger

from ..wire import Checker, Options, policy_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..wire import Policy

_URL: Final = "/v1/messages"
_MESSAGES_CALL: Final = "anthropic_messages"
_OWN: Final = "claude"
_OF_PROXY: Final = frozenset(
    {
        "api_base",
        "api_key",
        "api_version",
        "cache",
        "call_type",
        "custom_llm_provider",
        "deployment_id",
        "guardrails",
        "mock_response",
        "num_retries",
        "provider_specific_header",
        "proxy_server_request",
        "secret_fields",
        "tags",
        "timeout",
        "user",
        "user_api_key_dict",
    }
)
"""What the proxy adds to a body, beside the names that begin with `litellm_` and those that LiteLLM lists itself."""


@lru_cache(maxsize=1)
def _of_litellm() -> frozenset[str]:
    """Return the names that LiteLLM keeps to itself, such as `fallbacks` and `ttl`."""
    names: frozenset[str] = _OF_PROXY
    with suppress(Exception):  # the list is not part of LiteLLM's promises
        from litellm.types.utils import all_litellm_params

        names |= frozenset(all_litellm_params)
    return names - {"metadata"}


class Guard(CustomLogger):
    """As a callback of the proxy, answers 400 to wrong requests; as one of the SDK, warns of them.

    `litellm.callbacks = [Guard()]` sees the bodies that LiteLLM makes for Anthropic. LiteLLM ignores what a callback
    raises there, so the modes `refuse` and `raise` warn.
    """

    def __init__(self, *, policy: Policy | None = None, **options: Unpack[Options]) -> None:
        """Take the options of `Policy`; everything that a check needs is read here.

        Raises:
            ValueError: for an option with a wrong value.
        """
        super().__init__()
        _of_litellm()
        chosen = policy_of({"policy": policy, **options})
        raises = chosen.mode in {"refuse", "raise"}
        self.checker: Final = Checker(replace(chosen, mode="refuse") if raises else chosen).warm()
        self._warner: Final = Checker(replace(chosen, mode="warn") if raises else chosen)

    async def async_pre_call_hook(self, user_api_key_dict: Any, cache: Any, data: Any, call_type: str) -> Any:  # noqa: ARG002 - LiteLLM's signature
        """Check a body in the form of the Messages API that came to the proxy.

        Raises:
            HTTPException: for a body with violations, in the modes `refuse` and `raise`.
        """
        refusal = None
        try:
            body = _body_of(data) if call_type == _MESSAGES_CALL else None
            if body is not None:
                # Without the caller's headers: the proxy sends a version and betas of its own.
                refusal = self.checker.refusal("POST", _URL, None, body)
        except Exception as error:  # noqa: BLE001 - a fault of the check never breaks a call
            self.checker.report_failure(error)
        if refusal is not None:
            from fastapi import HTTPException

            raise HTTPException(refusal.status, detail={"error": json.loads(refusal.body)["error"]})
        return data

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:  # noqa: ARG002 - LiteLLM's signature
        """Check the body that LiteLLM is about to send to Anthropic."""
        try:
            sent = kwargs.get("additional_args") or {}
            body, url = sent.get("complete_input_dict"), str(sent.get("api_base") or "")
            if kwargs.get("custom_llm_provider") == "anthropic" or _URL in url:
                self._warner.refusal("POST", url if _URL in url else _URL, sent.get("headers"), _plain(body))
        except Exception as error:  # noqa: BLE001 - as above
            self.checker.report_failure(error)


def _plain(body: Any) -> Any:
    return body if isinstance(body, (dict, str, bytes)) else {}


def _body_of(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the body that the caller sent to the proxy, with the name of its model; None for another vendor's."""
    sent = (data.get("proxy_server_request") or {}).get("body")
    body = sent if isinstance(sent, dict) and "messages" in sent else data
    targets = _targets(str(body.get("model", ""))) or [str(body.get("model", ""))]
    if not all(_OWN in target for target in targets):
        return None
    others = _of_litellm()
    own = {name: value for name, value in body.items() if name not in others and not name.startswith("litellm_")}
    if not isinstance(own.get("metadata"), dict) or not own["metadata"].keys() <= {"user_id"}:
        own.pop("metadata", None)
    return {**own, "model": targets[0].rpartition("/")[2]} if len(targets) == 1 else own


def _targets(name: str) -> list[str]:
    """Return the models that the proxy's configuration has under a name."""
    from litellm.proxy import proxy_server

    router = getattr(proxy_server, "llm_router", None)
    deployments = getattr(router, "model_list", None) or []
    return [
        str((each.get("litellm_params") or {}).get("model", ""))
        for each in deployments
        if each.get("model_name") == name
    ]


__all__ = ["Guard"]
