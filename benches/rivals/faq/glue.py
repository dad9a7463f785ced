"""What an engineer writes in an afternoon: bm25s over jieba's words, numpy, and a sum of scores."""

import json
import shutil

import bm25s
import numpy as np

from faq.engine import LIMIT, Engine, Fusion, Session, Table, weights
from shared.corpus import Vectors
from shared.words import Words


class Glue(Engine):
    FUSIONS = (
        Fusion("rrf", 10),
        Fusion("rrf", 60),
        *weights("linear", (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)),
    )

    ADDS = False

    def prepare(self, table: Table) -> None:
        if table.dictionary:
            shutil.copy(table.dictionary, self.folder / "dict.txt")
        self.words = Words(table.dictionary)

    def build(self, table: Table) -> None:
        bm25 = bm25s.BM25()
        bm25.index([self.words.of(text) for text in table.texts], show_progress=False)
        bm25.save(str(self.folder / "bm25"))
        np.save(self.folder / "vectors.npy", table.vectors)
        (self.folder / "faqs.json").write_text(json.dumps(table.faqs), encoding="utf-8")

    def open(self) -> None:
        self.bm25 = bm25s.BM25.load(str(self.folder / "bm25"))
        self.vectors = np.load(self.folder / "vectors.npy")
        faqs = json.loads((self.folder / "faqs.json").read_text(encoding="utf-8"))
        # Rows of an FAQ lie together.
        self.starts = np.array([i for i, faq in enumerate(faqs) if i == 0 or faq != faqs[i - 1]])
        self.faqs = [faqs[i] for i in self.starts]
        dictionary = self.folder / "dict.txt"
        self.words = Words(dictionary if dictionary.exists() else None)

    def session(self) -> Session:
        return GlueSession(self)


class GlueSession(Session):
    def __init__(self, engine: Glue):
        self.engine = engine

    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        engine = self.engine
        words = [word for word in engine.words.of(text) if word in engine.bm25.vocab_dict]
        dense = np.maximum.reduceat(engine.vectors @ vector, engine.starts)
        if words:
            sparse = np.maximum.reduceat(engine.bm25.get_scores(words), engine.starts)
        else:
            sparse = np.zeros_like(dense)
        fused = reciprocal(dense, sparse, fusion.k) if fusion.kind == "rrf" else linear(dense, sparse, fusion.weight)
        best = np.argpartition(-fused, min(LIMIT, len(fused) - 1))[:LIMIT]
        return [engine.faqs[i] for i in best[np.argsort(-fused[best], kind="stable")]]


def reciprocal(dense: Vectors, sparse: Vectors, k: int) -> Vectors:
    """Reciprocal rank fusion (Cormack et al. 2009); what has no word of the query has no rank."""
    by_vector, by_words = (np.argsort(np.argsort(-scores, kind="stable")) for scores in (dense, sparse))
    return 1 / (k + 1 + by_vector) + (sparse > 0) / (k + 1 + by_words)


def linear(dense: Vectors, sparse: Vectors, weight: float) -> Vectors:
    """A convex combination of standardised scores (Bruch et al. 2022)."""
    return weight * standardized(dense) + (1 - weight) * standardized(sparse)


def standardized(scores: Vectors) -> Vectors:
    return (scores - scores.mean()) / max(float(scores.std()), 1e-9)
