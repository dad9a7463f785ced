#!/usr/bin/env python3
"""Search an index that `faq.build` made: quality, latency, throughput, memory. Prints one line of JSON.

python -m faq.ask --engine NAME --corpus DIR --way index|text --setting JSON --index DIR
    [--model DIR --onnx FILE] [--seconds N]

The way `index` is given each query's vector (ours), `text` encodes it with onnxruntime. With 0 seconds quality alone is
measured.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from compare.plan import LARGE
from encoder.onnx_encoder import Encoder
from faq import load
from faq.engine import Engine, Fusion, Session, Setting
from faq.engines import NAMES, load_engine
from shared import measure, memory
from shared.corpus import Asked, Corpus, Vectors

# onnxruntime's threads. A lone caller may use both cores, which helps or not, since idle threads spin; of two callers
# each has one.
THREADS_ALONE, THREADS_OF_MANY = (1, 2), 1
# How long questions of the large corpus are asked for their quality.
PATIENCE_S = 120


@dataclass(frozen=True)
class Question:
    asked: Asked
    vector: Vectors


@dataclass(frozen=True)
class Asker:
    """From a question, or some that are encoded together, to the places of the right FAQs."""

    session: Session
    fusion: Fusion
    encoder: Encoder | None

    def ask(self, questions: list[Question]) -> list[int]:
        if self.encoder is None:
            vectors = [question.vector for question in questions]
        else:
            vectors = self.encoder.encode([question.asked.text for question in questions])
        return [self._rank(question.asked, vector) for question, vector in zip(questions, vectors, strict=True)]

    def _rank(self, asked: Asked, vector: Vectors) -> int:
        found = self.session.search(asked.text, vector, self.fusion)
        return found.index(asked.faq) + 1 if asked.faq in found else 0


@dataclass(frozen=True)
class Job:
    """What it takes to ask, in this process or in another one."""

    engine: str
    index: Path
    corpus: Path
    fusion: Fusion
    onnx: Path | None
    model: Path | None

    def questions(self) -> list[Question]:
        asked, vectors = Corpus(self.corpus).queries("test")
        return [Question(a, v) for a, v in zip(asked, vectors, strict=True)]

    def encoder(self, threads: int) -> Encoder | None:
        return Encoder(self.onnx, self.model, threads) if self.onnx and self.model else None

    def open(self) -> Engine:
        engine = load_engine(self.engine)(self.index)
        engine.open()
        return engine


def ask(job: Job, seconds: float) -> dict:
    engine, questions = job.open(), job.questions()
    asker = Asker(engine.session(), job.fusion, job.encoder(THREADS_OF_MANY))
    record = {
        "engine": job.engine,
        "corpus": job.corpus.name,
        "way": "text" if job.onnx else "index",
        "quality": measure.quality(ranks(asker, questions, is_large=job.corpus.name == LARGE)),
    }
    if seconds > 0:
        record["memory"] = memory.of_trees([os.getpid(), *engine.servers()])
        record["latency"] = best_latency(job, asker, questions)
        record["load"] = load.all_ways(job, engine, questions, seconds)
    engine.close()
    return record


def ranks(asker: Asker, questions: list[Question], *, is_large: bool) -> list[int]:
    """The places of the right FAQs. Where questions were made by exchanging words, as many as there is patience for."""
    begun, found = time.perf_counter(), []
    for question in questions:
        found += asker.ask([question])
        if is_large and time.perf_counter() - begun > PATIENCE_S:
            break
    return found


def best_latency(job: Job, asker: Asker, questions: list[Question]) -> dict:
    """With as many threads of the encoder as are best."""
    found = []
    for threads in THREADS_ALONE if job.onnx else (None,):
        with_threads = replace(asker, encoder=job.encoder(threads)) if threads else asker
        times = measure.latency([[question] for question in questions], with_threads.ask)
        found.append(times | {"threads": threads})
    return min(found, key=lambda times: times["p50_ms"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=NAMES, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--way", choices=["index", "text"], required=True)
    parser.add_argument("--setting", type=json.loads, required=True, help="as `faq.tune` writes it")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--seconds", type=float, default=0)
    options = parser.parse_args()
    by_text = options.way == "text"
    if by_text and not (options.model and options.onnx):
        parser.error("--way text needs --model and --onnx")
    setting = Setting.of(options.setting)
    job = Job(
        options.engine,
        options.index,
        options.corpus,
        setting.fusion,
        options.onnx if by_text else None,
        options.model if by_text else None,
    )
    print(json.dumps(ask(job, options.seconds) | {"setting": setting.record()}))
    # Servers in threads of this process would keep it alive.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
