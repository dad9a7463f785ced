"""Several callers at once: what goes through on the cores that there are.

Callers are threads of one process or processes, ask one question at a time or encode eight together, as a service that
gathers requests does. All ways are measured and the best one counts.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared import memory

if TYPE_CHECKING:
    from faq.ask import Job, Question
    from faq.engine import Engine

GATHERED = 8
WARM_UP = 50


def all_ways(job: Job, engine: Engine, questions: list[Question], seconds: float) -> list[dict]:
    gathered = (1, GATHERED) if job.onnx else (1,)
    found = [by_threads(job, engine, questions, (callers, size), seconds) for callers in (2, 4) for size in gathered]
    if engine.SHARED_FILES:
        found += [by_processes(job, engine, (2, size), seconds) for size in gathered]
    return found


def by_threads(job: Job, engine: Engine, questions: list[Question], shape: tuple[int, int], seconds: float) -> dict:
    from faq.ask import THREADS_OF_MANY, Asker

    callers, size = shape
    encoder = job.encoder(THREADS_OF_MANY)
    askers = [Asker(engine.session(), job.fusion, encoder) for _ in range(callers)]
    over, counts, failures = threading.Event(), [0] * callers, []

    def work(caller: int) -> None:
        try:
            for some in endless(questions, size, caller * len(questions) // callers):
                if over.is_set():
                    return
                askers[caller].ask(some)
                counts[caller] += len(some)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(callers)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    elapsed, answered = time.perf_counter() - start, sum(counts)
    held = memory.of_trees([os.getpid(), *engine.servers()])
    over.set()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {"callers": described("threads", callers, size), "qps": answered / elapsed, "memory": held}


def by_processes(job: Job, engine: Engine, shape: tuple[int, int], seconds: float) -> dict:
    callers, size = shape
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(callers + 1), context.Barrier(callers + 1)
    counts = context.Queue()
    processes = [
        context.Process(target=_child, args=(job, size, caller / callers, seconds, ready, go, counts))
        for caller in range(callers)
    ]
    for process in processes:
        process.start()
    ready.wait(300)
    go.wait(300)
    time.sleep(seconds / 2)
    # Without this process, which only looks on.
    held = memory.of_trees([*(process.pid for process in processes), *engine.servers()])
    rates = [counts.get(timeout=300) for _ in processes]
    for process in processes:
        process.join(60)
    return {"callers": described("processes", callers, size), "qps": sum(rates), "memory": held}


def _child(job: Job, size: int, share: float, seconds: float, ready, go, counts) -> None:
    from faq.ask import THREADS_OF_MANY, Asker

    engine, questions = job.open(), job.questions()
    asker = Asker(engine.session(), job.fusion, job.encoder(THREADS_OF_MANY))
    for question in questions[:WARM_UP]:
        asker.ask([question])
    ready.wait(300)
    go.wait(300)
    start, answered = time.perf_counter(), 0
    for some in endless(questions, size, int(share * len(questions))):
        if time.perf_counter() - start > seconds:
            break
        asker.ask(some)
        answered += len(some)
    counts.put(answered / (time.perf_counter() - start))


def endless(questions: Sequence[Question], size: int, first: int) -> Iterator[list[Question]]:
    at = first
    while True:
        yield [questions[(at + i) % len(questions)] for i in range(size)]
        at += size


def described(kind: str, callers: int, size: int) -> str:
    return f"{callers} {kind}" + (f", {size} texts encoded together" if size > 1 else "")
