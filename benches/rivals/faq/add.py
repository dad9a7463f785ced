#!/usr/bin/env python3
"""How long it takes until one more FAQ is found, in an index that `faq.build` made of phrasings or more.

python -m faq.add --engine NAME --setting JSON --index DIR --from CORPUS

Adds FAQs of another corpus, one after the other, and asks for each until it comes. Vectors are given.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from faq.engine import Fusion, Session, Setting, Table
from faq.engines import NAMES, load_engine
from shared.corpus import Corpus

FAQS = 20
PATIENCE_S = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=NAMES, required=True)
    parser.add_argument("--setting", type=json.loads, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--from", dest="corpus", type=Path, required=True)
    options = parser.parse_args()
    setting = Setting.of(options.setting)
    engine = load_engine(options.engine)(options.index)
    engine.open()
    session, times = engine.session(), []
    for table in single_faqs(Table.of(Corpus(options.corpus), setting.layout))[:FAQS]:
        start = time.perf_counter()
        engine.add(table)
        wait_for(session, table, setting.fusion)
        times.append((time.perf_counter() - start) * 1e3)
    engine.close()
    print(json.dumps({"engine": options.engine, "p50_ms": float(np.median(times)), "faqs": len(times)}))
    # Servers in threads of this process would keep it alive.
    sys.stdout.flush()
    os._exit(0)


def single_faqs(table: Table) -> list[Table]:
    """Each FAQ by itself, under a name that is not in the index."""
    found = []
    for faq in dict.fromkeys(table.faqs):
        rows = [i for i, other in enumerate(table.faqs) if other == faq]
        texts, vectors = [table.texts[i] for i in rows], table.vectors[rows]
        found.append(Table([f"added-{faq}"] * len(rows), texts, vectors, table.dictionary))
    return found


def wait_for(session: Session, table: Table, fusion: Fusion) -> None:
    begun = time.perf_counter()
    while table.faqs[0] not in session.search(table.texts[0], table.vectors[0], fusion):
        if time.perf_counter() - begun > PATIENCE_S:
            raise SystemExit(f"{table.faqs[0]} was added and is not found")


if __name__ == "__main__":
    main()
