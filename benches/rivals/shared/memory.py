"""Memory of a tree of processes. Linux only."""

from collections.abc import Iterable
from pathlib import Path

import psutil


def of_trees(roots: Iterable[int]) -> dict[str, float]:
    """MB of these processes and all below them: resident, and with shared pages divided by their users."""
    pids: set[int] = set()
    for root in roots:
        process = psutil.Process(root)
        pids |= {root, *(child.pid for child in process.children(recursive=True))}
    rss, pss = 0, 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:  # It has ended meanwhile.
            continue
        rss += _kilobytes(rollup, "Rss:")
        pss += _kilobytes(rollup, "Pss:")
    return {"rss_mb": rss * 1024 / 1e6, "pss_mb": pss * 1024 / 1e6}


def _kilobytes(rollup: str, field: str) -> int:
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith(field)), 0)


def size_mb(path: Path) -> float:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(f.stat().st_size for f in files) / 1e6
