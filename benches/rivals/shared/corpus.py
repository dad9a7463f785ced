"""Texts and vectors, as `jieda-bench-rivals export` wrote them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Vectors = np.ndarray


@dataclass(frozen=True)
class Row:
    """A text that is searched."""

    faq: str
    intent: str
    # "phrasing", or "answer": the question with its answer.
    kind: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A labelled query; its text is normalised."""

    faq: str
    intent: str
    split: str
    text: str


@dataclass(frozen=True)
class Corpus:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def dictionary(self) -> Path | None:
        """Words of the trade, in jieba's format."""
        path = self.folder / "dict.txt"
        return path if path.exists() else None

    def rows(self) -> list[Row]:
        return [Row(**line) for line in _lines(self.folder / "rows.jsonl")]

    def row_vectors(self, encoder: str = "") -> Vectors:
        """Ours, or those of another encoder that were written beside them."""
        return self._vectors(f"rows{'.' * bool(encoder)}{encoder}.f32", len(self.rows()))

    def queries(self, split: str, most: int | None = None) -> tuple[list[Asked], Vectors]:
        """The queries of a split and their vectors; with `most`, so many of them, evenly spread."""
        lines = list(_lines(self.folder / "queries.jsonl"))
        vectors = self._vectors("queries.f32", len(lines))
        chosen = [i for i, line in enumerate(lines) if line["split"] == split]
        if most is not None and len(chosen) > most:
            chosen = [chosen[i * len(chosen) // most] for i in range(most)]
        asked = [Asked(line["faq"], line["intent"], line["split"], line["text"]) for line in (lines[i] for i in chosen)]
        return asked, vectors[chosen]

    def _vectors(self, name: str, lines: int) -> Vectors:
        return np.fromfile(self.folder / name, dtype="<f4").reshape(lines, -1)


def _lines(path: Path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
