"""
How long `clean_text` takes, as ratios that hold on any machine.

    python tests/bench/bench_clean.py [--megabytes 20]

The unit is a cleaner that does next to nothing (`str.translate` and `splitlines`),
timed in the same process on the same texts. Nothing here fails a test run.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from cleaners import clean, clean_text
from cleaners.document import Document, RawPage

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
TABLE = {0x3000: " ", 0xA0: " ", 0xFEFF: None, 0x200B: None} | {
    ord(wide): narrow for wide, narrow in zip("，：；？！（）", ",:;?!()", strict=True)
}
HOSTILE = {
    "加微信": "加微信",
    "spaces": " ",
    "brackets": "（【《",
    "nested quotes": "“‘",
    "line feeds": "\n",
    "contact lines": "加微信 abc12345 领取资料\n",
    "one line": "河湾镇的渡口停了船，",
    "site.com": "某某网 www.example.com ",
    "entities": "&nbsp;",
    "中文逗号": "中，",
}


def baseline(text: str) -> str:
    """A cleaner that does next to nothing: the unit of speed."""
    return "\n".join([line.strip() for line in text.translate(TABLE).splitlines() if line])


def bodies() -> list[str]:
    """The visible text of every sample page, before anything was cut."""
    found: list[str] = []
    for path in sorted(p for p in SAMPLES.rglob("*") if p.is_file()):
        results = clean(RawPage(f"file:{path.name}", path.read_bytes()))
        found += [result.original for result in results if isinstance(result, Document)]
    return found


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """The least processor time of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20)
    size = int(parser.parse_args().megabytes * 1e6)
    texts = mix(size)
    single = mix_to(size // 2)
    tenth = mix_to(size // 20)
    unit = seconds(lambda: [baseline(text) for text in texts])
    ours = seconds(lambda: [clean_text(text) for text in texts], rounds=1)
    print(f"{size / 1e6:.0f} MB of sample bodies: {ours / unit:.1f} times the baseline")
    whole, part = (seconds(lambda t=t: clean_text(t), rounds=1) for t in (single, tenth))
    unit = seconds(lambda: baseline(single))
    print(
        f"one document of {len(single.encode()) / 1e6:.0f} MB: {whole / unit:.1f} times the baseline, "
        f"{whole / part:.1f} times a tenth of it"
    )
    for name, bit in HOSTILE.items():
        long, short = (bit * (n // len(bit.encode())) for n in (size // 20, size // 200))
        a, b = (seconds(lambda t=t: clean_text(t), rounds=1) for t in (long, short))
        print(
            f"  {name:14} {len(long.encode()) / 1e6:.1f} MB: {a:6.2f} s, {a / max(b, 1e-4):5.1f} times a tenth of it"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


def mix(size: int) -> list[str]:
    """Sample bodies, again and again, until they are `size` bytes."""
    texts: list[str] = []
    have = 0
    for text in cycle(bodies()):
        texts.append(text)
        have += len(text.encode("utf-8", "replace"))
        if have >= size:
            return texts
    return texts


def mix_to(size: int) -> str:
    """One text of about `size` bytes made of sample bodies."""
    return "\n".join(mix(size))


if __name__ == "__main__":
    main()
