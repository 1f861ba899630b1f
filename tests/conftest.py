from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from validator.engine.failures import RAISE

os.environ[RAISE] = "1"  # a rule that fails fails the test, in processes that a test starts as well

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="Write what is printed into the .out files.")
