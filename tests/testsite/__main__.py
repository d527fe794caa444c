"""
`python -m tests.testsite [PORT] [--quiet]`: the test site until Ctrl-C, to play with.

It tells every request that it gets; 0 is any free port.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from . import SAMPLE, SAMPLE_PORT, site


def main() -> None:
    ports = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    quiet = "--quiet" in sys.argv
    with suppress(KeyboardInterrupt), site(ports[0] if ports else SAMPLE_PORT) as s:
        print(
            f"渡口小报 at {s.url()}; its sources are in {SAMPLE.name}; Ctrl-C ends it", flush=True
        )
        seen = 0
        while True:
            time.sleep(0.2)
            for request in [] if quiet else s.log[seen:]:
                print(f"{request.method} {request.path}", flush=True)
            seen = len(s.log)


if __name__ == "__main__":
    main()
