#!/usr/bin/env python3
"""Encode the rows of a corpus with onnxruntime, as who searches with a rival would.

python -m faq.encode --corpus DIR --model DIR --onnx FILE

Writes `rows.onnx.f32` into the corpus, and `encoded.json` with the seconds it took. Batches are of like length, which
pads least.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from encoder.onnx_encoder import Encoder, Role
from shared.corpus import Corpus

NAME = "onnx"
BATCH = 32
THREADS = 2


def seconds(corpus: Corpus) -> float:
    return json.loads((corpus.folder / "encoded.json").read_text(encoding="utf-8"))["encode_s"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    options = parser.parse_args()
    corpus = Corpus(options.corpus)
    rows, vectors = corpus.rows(), np.empty_like(corpus.row_vectors())
    encoder = Encoder(options.onnx, options.model, THREADS)
    encoder.encode([rows[0].text])
    start = time.perf_counter()
    for kind, role in (("phrasing", Role.QUERY), ("answer", Role.PASSAGE)):
        chosen = sorted((i for i, row in enumerate(rows) if row.kind == kind), key=lambda i: len(rows[i].text))
        for at in range(0, len(chosen), BATCH):
            batch = chosen[at : at + BATCH]
            vectors[batch] = encoder.encode([rows[i].text for i in batch], role)
    record = {"encode_s": time.perf_counter() - start, "rows": len(rows)}
    cosines = (vectors * corpus.row_vectors()).sum(axis=1)
    record |= {"cosine_min": float(cosines.min()), "cosine_mean": float(cosines.mean())}
    vectors.astype("<f4").tofile(corpus.folder / f"rows.{NAME}.f32")
    (corpus.folder / "encoded.json").write_text(json.dumps(record), encoding="utf-8")
    print(json.dumps(record))


if __name__ == "__main__":
    main()
