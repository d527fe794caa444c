"""
Many small files, and one large JSONL: rate, and the peak memory of all processes.

    python tests/bench/scale.py files 200000 [FOLDER]
    python tests/bench/scale.py jsonl 2000 [FOLDER]      # megabytes

Memory is that of the command and everything it has started, sampled every half second:
Pss counts a page that processes share once, RSS in each of them.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SENTENCES = [
    "昨天夜里，长江大桥亮灯，岸边站满了看灯的人。",
    "孩子们数着一盏一盏的灯，谁也没有数到头。",
    "渡口停了船，老人把板凳翻过来，坐在冰上钓鱼。",
    "村里的图书馆只有两间屋，书却有三千多本。",
    "雨下了一整天，巷子里的石板亮得像镜子。",
    "他把信折好，放进抽屉，再也没有打开过。",
]
NOISE = ["来源：网络　作者：佚名", "本文由网友自行上传，文中观点仅代表作者本人。"]


def page(rng: random.Random, number: int, lines: int) -> str:
    body = ["".join(rng.sample(SENTENCES, 3)) for _ in range(lines)]
    return "\n".join([f"第{number}篇", NOISE[0], *body, NOISE[1], ""])


def make_files(folder: Path, count: int) -> None:
    rng = random.Random(1)
    for number in range(count):
        path = folder / f"{number // 1000:04}" / f"{number:07}.txt"
        if number % 1000 == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(rng, number, 4), "utf-8")


def make_jsonl(path: Path, megabytes: int) -> None:
    rng = random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        number = size = 0
        while size < megabytes << 20:
            row = {"id": number, "text": page(rng, number, 10), "lang": "zh"}
            line = json.dumps(row, ensure_ascii=False) + "\n"
            size += len(line.encode())
            file.write(line)
            number += 1


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        below = [int(child) for child in children.read_text().split()]
    except OSError:
        return []
    return [pid, *(one for child in below for one in family(child))]


def memory(pid: int) -> tuple[int, int]:
    """(Pss, RSS) of a process, in KiB."""
    pss = rss = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            pss += int(line.split()[1]) if line.startswith("Pss:") else 0
            rss += int(line.split()[1]) if line.startswith("Rss:") else 0
    except OSError:
        return 0, 0
    return pss, rss


def run(source: Path, out: Path) -> None:
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "clean", source, "--out", out, "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
    )
    pss = rss = 0
    while child.poll() is None:
        all_pss, all_rss = map(sum, zip(*map(memory, family(child.pid)), strict=True))
        pss, rss = max(pss, all_pss), max(rss, all_rss)
        time.sleep(0.5)
    assert child.stderr is not None
    print(child.stderr.read().splitlines()[-1])
    size = sum(path.stat().st_size for path in out.glob("*.parquet")) >> 20
    print(
        f"{time.monotonic() - began:,.0f} s; peak {pss >> 10:,} MiB Pss, {rss >> 10:,} MiB RSS; "
        f"{len(list(out.glob('documents-*')))} files of documents, {size:,} MiB"
    )


def main() -> None:
    kind, count = sys.argv[1], int(sys.argv[2])
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
    source = folder / ("in" if kind == "files" else "in.jsonl")
    if not source.exists():
        make_files(source, count) if kind == "files" else make_jsonl(source, count)
    run(source, folder / "out")


if __name__ == "__main__":
    main()
