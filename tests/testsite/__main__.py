"""`python -m tests.testsite [PORT]`: the test site until Ctrl-C, to play with."""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from . import SAMPLE, SAMPLE_PORT, site


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE_PORT
    with site(port) as s, suppress(KeyboardInterrupt):
        print(f"渡口小报 at {s.url()}, its sources in {SAMPLE.name}; Ctrl-C ends it", flush=True)
        seen = 0
        while True:
            time.sleep(0.2)
            for request in s.log[seen:]:
                print(f"{request.method} {request.path}", flush=True)
            seen = len(s.log)


if __name__ == "__main__":
    main()
