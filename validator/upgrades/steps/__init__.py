"""The steps. Each has its examples beside it, which are its tests.

A step function receives a `Subject` and yields proposals. It reads the request through the subject, so that it ends
where something is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import betas, defaults, output, sampling, thinking, tools

if TYPE_CHECKING:
    from ..step import Step

STEPS: Final[tuple[Step, ...]] = (
    sampling.default_sampling,
    sampling.one_sampling_parameter,
    output.output_format,
    thinking.between_tools,
    thinking.adaptive_thinking,
    defaults.pin_no_thinking,
    defaults.pin_display,
    defaults.pin_effort,
    tools.same_tool,
    tools.editor,
    tools.computer_toolset,
    betas.needless_betas,
)
"""All steps, in the order in which they are applied: defaults after what a request says itself, headers last."""
