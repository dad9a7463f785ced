#!/usr/bin/env python3
"""Print real queries of split `test`, evenly from three industries and mixed, one on each line."""

import json
from pathlib import Path

EACH = 107

truth = Path(__file__).parents[3] / "eval" / "truth"
sets = []
for name in ("ecommerce", "banking", "telecom"):
    lines = (truth / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [row["text"] for row in map(json.loads, lines) if row["split"] == "test"]
    sets.append([texts[i * len(texts) // EACH] for i in range(EACH)])
for texts in zip(*sets, strict=True):
    print(*(text.replace("\n", " ") for text in texts), sep="\n")
