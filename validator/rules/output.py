"""What the model is asked to answer with: structured outputs, effort, budgets, speed, fallbacks."""

from __future__ import annotations
