"""
Time, rate and memory of `zhengben clean` on many small files.

    python tests/bench/bench_folder.py [FILES] [WORKERS]

Memory is the peak over the run of the resident sizes of all its processes, added
(shared pages counted again in each), and of their proportional sizes (Pss), which
count shared pages once. Linux only: it reads /proc.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUBJECTS = [
    "桥头的老人",
    "卖花的姑娘",
    "刚下班的司机",
    "守塔的工人",
    "放学的孩子",
    "看门的大爷",
    "渡口的船家",
]
VERBS = ["慢慢走过", "静静望着", "忽然想起", "悄悄绕过", "终于看见", "仔细数着", "远远避开"]
OBJECTS = [
    "河边的柳树",
    "亮起来的灯",
    "空荡荡的集市",
    "昨天的那场雨",
    "新修的石阶",
    "一封没有寄出的信",
]
NOISE = (
    "某某文库整理，咨询QQ206000000",
    "来源：某某日报　责任编辑：张某某",
    "（未完待续）",
    "版权声明：本站内容来自网络，如有侵权请联系删除。",
)


def make(folder: Path, files: int) -> int:
    """Write made pages of one to four thousand characters, a fifth of them HTML; their bytes."""
    chance = random.Random(20)
    total = 0
    for number in range(files):
        below = folder / f"{number // 1000:03}"
        below.mkdir(exist_ok=True)
        lines = [f"第{number}篇", *_paragraphs(chance), chance.choice(NOISE)]
        html = number % 5 == 0
        text = _page(lines) if html else "\n".join(lines)
        body = text.encode("gb18030" if number % 3 == 0 and not html else "utf-8")
        (below / f"{number:06}.{'html' if html else 'txt'}").write_bytes(body)
        total += len(body)
    return total


def _paragraphs(chance: random.Random) -> list[str]:
    return [
        "，".join(
            f"{chance.choice(SUBJECTS)}{chance.choice(VERBS)}{chance.choice(OBJECTS)}"
            for _ in range(chance.randint(3, 8))
        )
        + "。"
        for _ in range(chance.randint(15, 40))
    ]


def _page(lines: list[str]) -> str:
    body = "".join(f"<p>{line}</p>" for line in lines[1:])
    menu = "".join(f'<a href="/{n}">栏目{n}</a>' for n in range(20))
    return (
        f'<html><meta charset="utf-8"><title>{lines[0]}_某某网</title><body><div>{menu}</div>'
        f"<div class=article><h1>{lines[0]}</h1>{body}</div><div>{menu}</div></body></html>"
    )


def memory(pid: int) -> tuple[int, int]:
    """Resident and proportional bytes of a process and all below it."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    tree, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in tree} - tree
        tree |= more
        grown = bool(more)
    rss = pss = 0
    for member in tree:
        try:
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        sizes = dict(line.split(":", 1) for line in text.splitlines()[1:])
        rss += int(sizes["Rss"].split()[0]) << 10
        pss += int(sizes["Pss"].split()[0]) << 10
    return rss, pss


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    workers = sys.argv[2] if len(sys.argv) > 2 else "0"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "in")
        folder.mkdir()
        size = make(folder, files)
        began = time.perf_counter()
        run = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "flows.cli",
                "clean",
                str(folder),
                "--workers",
                workers,
                "--out",
                str(Path(place, "out")),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        peak_rss = peak_pss = 0
        while run.poll() is None:
            rss, pss = memory(run.pid)
            peak_rss, peak_pss = max(peak_rss, rss), max(peak_pss, pss)
            time.sleep(0.2)
        seconds = time.perf_counter() - began
        print(run.communicate()[1].splitlines()[-1])
    print(f"files      {files:,} ({size / 1e6:.1f} MB)")
    print(
        f"wall       {seconds:.1f} s, {files / seconds:,.0f} files/s, {size / 1e6 / seconds:.2f} MB/s"
    )
    print(f"peak RSS   {peak_rss / 1e6:.0f} MB added up over all processes")
    print(f"peak Pss   {peak_pss / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
