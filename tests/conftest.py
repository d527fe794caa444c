"""Settings of all tests: accepting goldens, raising floors, and how hard Hypothesis looks."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# The same cases every time, so that a red run is red again; "thorough" looks further.
settings.register_profile(
    "default",
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="accept today's output as the goldens")
    parser.addoption("--raise-floor", action="store_true", help="record figures that rose")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be rewritten instead of compared."""
    return bool(request.config.getoption("--bless"))
