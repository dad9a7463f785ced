#!/usr/bin/env python3
"""Make a rival's index from nothing, and print how long it took.

python -m faq.build --engine NAME --corpus DIR --way index|text --layout NAME --out DIR

Reading texts and vectors and starting PostgreSQL for the first time are not counted; encoding is where the way is
`text` (`faq.encode` has done it).
"""

import argparse
import json
import os
import shutil
import sys
import time
from pathlib import Path

from faq import encode
from faq.engine import LAYOUTS, Table
from faq.engines import NAMES, load_engine
from shared import memory
from shared.corpus import Corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=NAMES, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--way", choices=["index", "text"], required=True)
    parser.add_argument("--layout", choices=LAYOUTS, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    print(json.dumps(build(options)))
    # Servers in threads of this process would keep it alive.
    sys.stdout.flush()
    os._exit(0)


def build(options: argparse.Namespace) -> dict:
    corpus = Corpus(options.corpus)
    by_text = options.way == "text"
    table = Table.of(corpus, options.layout, encode.NAME if by_text else "")
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    engine = load_engine(options.engine)(options.out)
    engine.prepare(table)
    start = time.perf_counter()
    engine.build(table)
    seconds = time.perf_counter() - start
    engine.close()
    return {
        "engine": options.engine,
        "corpus": corpus.name,
        "way": options.way,
        "rows": len(table.texts),
        "build_s": seconds + (encode.seconds(corpus) if by_text else 0),
        "index_s": seconds,
        "disk_mb": memory.size_mb(options.out),
    }


if __name__ == "__main__":
    main()
