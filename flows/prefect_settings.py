"""
How Prefect is set up for zhengben: quiet, at home in one folder, telling nobody.

Prefect reads the environment while it is imported, so `apply` comes before that.
What the environment says already stays: whoever runs a Prefect server of his own
(PREFECT_API_URL) or sets PREFECT_HOME is obeyed. Why each setting: docs/choices.md.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path

HOME = Path("data/prefect")

SETTINGS: Mapping[str, str] = {
    # Two switches: the server's telemetry and the SDK's.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Between tasks go paths and counts; JSON can be read when a run is looked into.
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    # A run's own 4 to 7 lines say nothing that our last line does not.
    "PREFECT_LOGGING_LEVEL": "WARNING",
    # In memory, the slot of a killed run is never given back once the server restarts.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    # The first start makes a database: 15 s here, and 20 are all it gets.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # The client's queue of events has no end by default.
    "PREFECT_EVENTS_WORKER_MAX_QUEUE_SIZE": "10000",
}


def apply(home: Path = HOME, environment: MutableMapping[str, str] = os.environ) -> None:
    """
    Set what is not set yet. To be called before Prefect is imported.

    >>> environment = {"PREFECT_LOGGING_LEVEL": "DEBUG"}
    >>> apply(Path("/srv/prefect"), environment)
    >>> environment["PREFECT_HOME"], environment["PREFECT_LOGGING_LEVEL"]
    ('/srv/prefect', 'DEBUG')
    """
    for name, value in {**SETTINGS, "PREFECT_HOME": str(home.absolute())}.items():
        environment.setdefault(name, value)
    with suppress(OSError):  # Prefect makes its home, but not the folder that it stands in
        Path(environment["PREFECT_HOME"]).parent.mkdir(parents=True, exist_ok=True)
