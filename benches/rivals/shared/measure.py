"""Ranks and times, by the rules that our own side keeps as well (`driver/src/measure.rs`)."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

WARM_UP = 50
# Every query is asked so many times, unless the patience (in seconds) runs out.
ROUNDS = 3
PATIENCE_S = 60


def quality(ranks: Sequence[int]) -> dict:
    """Of the places of the right FAQs, 1 for the first and 0 for none of the first ten."""
    return {
        "n": len(ranks),
        "recall_at_1": sum(rank == 1 for rank in ranks) / max(len(ranks), 1),
        "recall_at_10": sum(rank > 0 for rank in ranks) / max(len(ranks), 1),
        "mrr_at_10": sum(1 / rank for rank in ranks if rank) / max(len(ranks), 1),
        "ranks": list(ranks),
    }


def latency(items: Sequence[Item], ask: Callable[[Item], object]) -> dict:
    """How long one caller waits."""
    for item in items[:WARM_UP]:
        ask(item)
    begun, times = time.perf_counter(), []
    for item in (item for _ in range(ROUNDS) for item in items):
        start = time.perf_counter()
        ask(item)
        end = time.perf_counter()
        times.append((end - start) * 1e3)
        if end - begun > PATIENCE_S:
            break
    p50, p99 = np.percentile(times, [50, 99], method="nearest")
    return {"timed": len(times), "p50_ms": float(p50), "p99_ms": float(p99)}
