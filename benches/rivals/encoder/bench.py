#!/usr/bin/env python3
"""Time onnxruntime on the encoder's job: text in, unit vector out.

    python -m encoder.bench --models DIR --model ../../models/multilingual-e5-small-zh \
        --queries queries.txt --threads 1,2 --batch 1,32 --json
    python -m encoder.bench --models DIR --model ... --check ../../models/convert/reference_vectors.json

`--models` is the folder that `export.py` wrote, `--model` ours (for the tokenizer), `--queries` a
file with one query per line. A call tokenises, pads to the longest of its batch, runs the network,
takes the mean over the real tokens and scales it to length 1; all of that is timed. Every pair of
dtype and thread count has a process to itself, so that `rss_mb` (its peak) is its own.

Batches are formed in the order of the file and a second time from the queries sorted by length,
which pads least. The faster of the two is reported, `order` says which; `file_order_sentences_per_s`
keeps the other figure in sight. `cosine_min` is against the vectors of model.f32.onnx at batch 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from encoder.onnx_encoder import Encoder

# ---------------------------------------------------------------- measuring


def memory_mb(field: str) -> float:
    """VmHWM, the peak of this process, or VmRSS, what it holds now. Unlike ru_maxrss, VmHWM does
    not inherit the parent's peak. Linux only."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise SystemExit(f"no {field} in /proc/self/status")


def timed(encoder: Encoder, texts: list[str], size: int) -> tuple[list[float], object]:
    """The seconds of each call over `texts` in batches of `size`, and all the vectors."""
    seconds, vectors = [], []
    for at in range(0, len(texts), size):
        start = time.perf_counter()
        rows = encoder.encode(texts[at : at + size])
        seconds.append(time.perf_counter() - start)
        vectors.append(rows)
    return seconds, encoder.np.concatenate(vectors)


def measure(encoder: Encoder, queries: list[str], size: int, reference) -> dict:
    """One item of the output, without the names of what was measured."""
    np = encoder.np
    if size > 1:
        queries, reference = queries[: len(queries) // size * size], reference[: len(queries) // size * size]
    lengths = np.array([len(row) for row in encoder.tokenise(queries)])
    orders = {"file": np.arange(len(queries))}
    if size > 1:
        orders["sorted"] = np.argsort(lengths, kind="stable")
    # Warm up on the longest as well, so that no later call has to ask for memory.
    longest_first = [queries[i] for i in np.argsort(-lengths, kind="stable")]
    timed(encoder, longest_first[:size] + queries[: 30 if size == 1 else 2 * size], size)
    runs, cosine = {}, 1.0
    for order, chosen in orders.items():
        seconds, vectors = timed(encoder, [queries[i] for i in chosen], size)
        runs[order] = seconds
        cosine = min(cosine, float((vectors * reference[chosen]).sum(axis=1).min()))
    best = min(runs, key=lambda order: sum(runs[order]))
    p50, p99 = np.percentile(np.array(runs[best]) * 1e3, [50, 99])
    return {
        "batch": size,
        "p50_ms": round(float(p50), 2),
        "p99_ms": round(float(p99), 2),
        "sentences_per_s": round(len(queries) / sum(runs[best]), 1),
        "cosine_min": round(cosine, 5),
        "rss_mb": memory_mb("VmHWM"),
        "rss_now_mb": memory_mb("VmRSS"),
        "order": best,
        "file_order_sentences_per_s": round(len(queries) / sum(runs["file"]), 1),
    }


def child(options: argparse.Namespace) -> None:
    """Runs in a process of its own: one dtype and one thread count."""
    dtype, threads = options.dtypes[0], options.threads[0]
    encoder = Encoder(options.models / f"model.{dtype}.onnx", options.model, threads)
    np = encoder.np
    queries = read_queries(options.queries)
    if options.write_reference:
        _, vectors = timed(encoder, queries, 1)
        np.save(options.write_reference, vectors)
        return
    reference = np.load(options.reference)
    what = {"backend": "onnxruntime", "dtype": dtype, "threads": threads}
    print(json.dumps([what | measure(encoder, queries, size, reference) for size in options.batch]))


def run_child(arguments: list[str], threads: int) -> str:
    # The tokenizer and numpy have thread pools of their own; without this they would use every core.
    limits = {name: str(threads) for name in ("RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, "-m", "encoder.bench", *arguments, "--child", "--threads", str(threads)]
    return subprocess.run(command, env=os.environ | limits, check=True, stdout=subprocess.PIPE, text=True).stdout


# ----------------------------------------------------------------- commands


def read_queries(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def bench(options: argparse.Namespace) -> None:
    common = ["--models", str(options.models), "--model", str(options.model), "--queries", str(options.queries)]
    items = []
    with tempfile.TemporaryDirectory() as name:
        reference = str(Path(name) / "reference.npy")
        run_child([*common, "--dtypes", "f32", "--write-reference", reference], 1)
        for dtype in options.dtypes:
            for threads in options.threads:
                sizes = ",".join(map(str, options.batch))
                rest = ["--dtypes", dtype, "--batch", sizes, "--reference", reference]
                items += json.loads(run_child([*common, *rest], threads))
    if options.json:
        print("[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]")
        return
    print("| dtype | threads | batch | ms a call p50 | p99 | sentences/s | in file order | cosine min | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for item in items:
        columns = ("dtype", "threads", "batch", "p50_ms", "p99_ms", "sentences_per_s",
                   "file_order_sentences_per_s", "cosine_min", "rss_mb")  # fmt: skip
        print("| " + " | ".join(str(item[column]) for column in columns) + " |")


def check(options: argparse.Namespace) -> None:
    """Compare with our reference vectors."""
    sentences = json.loads(options.check.read_text(encoding="utf-8"))["sentences"]
    for dtype in options.dtypes:
        encoder = Encoder(options.models / f"model.{dtype}.onnx", options.model, 1)
        vectors = encoder.encode([sentence["text"] for sentence in sentences])
        cosines = (vectors * encoder.np.array([sentence["vector"] for sentence in sentences])).sum(axis=1)
        print(f"{dtype:16}{len(cosines):3} sentences  mean {cosines.mean():.5f}  min {cosines.min():.5f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def words(text: str) -> list[str]:
        return text.split(",")

    def numbers(text: str) -> list[int]:
        return [int(word) for word in words(text)]

    parser.add_argument("--models", type=Path, required=True, help="folder that export.py wrote")
    parser.add_argument("--model", type=Path, required=True, help="our model folder")
    parser.add_argument("--queries", type=Path, help="one query per line")
    parser.add_argument("--threads", type=numbers, default=[1, 2], metavar="N,N")
    parser.add_argument("--batch", type=numbers, default=[1, 32], metavar="N,N")
    parser.add_argument("--dtypes", type=words, default=["f32", "int8", "int8-attention"], metavar="NAME,NAME",
                        help="NAME stands for model.NAME.onnx")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument("--check", type=Path, metavar="FILE", help="compare with these vectors instead")
    for hidden in ("--reference", "--write-reference"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.check:
        return check(options)
    if options.queries is None:
        parser.error("--queries or --check is needed")
    if len(read_queries(options.queries)) < max(options.batch):
        parser.error("--queries holds less than one batch")
    child(options) if options.child else bench(options)


if __name__ == "__main__":
    main()
