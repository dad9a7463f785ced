"""LanceDB: full-text search over jieba's words, vectors, and its own rerankers.

It could cut with jieba itself, given a dictionary; but then it loads the dictionary for every query, which takes 70 ms.
"""

import shutil

import lancedb
import pyarrow as pa
from lancedb.index import FTS, HnswSq
from lancedb.rerankers import LinearCombinationReranker, RRFReranker

from faq.engine import EF, EF_CONSTRUCTION, ROWS, Engine, Fusion, M, Session, Table, first_of_each, weights
from shared.corpus import Vectors
from shared.words import Words

# Below, its exact scan is as fast as its index.
INDEXED_FROM = 5_000


class Lance(Engine):
    FUSIONS = (Fusion("rrf", 10), Fusion("rrf", 60), *weights("linear", (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)))

    def prepare(self, table: Table) -> None:
        if table.dictionary:
            shutil.copy(table.dictionary, self.folder / "dict.txt")
        self._load_words()

    def open(self) -> None:
        self._load_words()
        self.table = lancedb.connect(str(self.folder / "db")).open_table("faqs")

    def _load_words(self) -> None:
        dictionary = self.folder / "dict.txt"
        self.words = Words(dictionary if dictionary.exists() else None)

    def build(self, table: Table) -> None:
        columns = self._columns(table)
        self.table = lancedb.connect(str(self.folder / "db")).create_table("faqs", columns)
        plain = {"stem": False, "remove_stop_words": False, "ascii_folding": False, "with_position": False}
        self.table.create_index("text", config=FTS(base_tokenizer="whitespace", **plain))
        if len(table.texts) >= INDEXED_FROM:
            index = HnswSq(distance_type="dot", num_partitions=1, m=M, ef_construction=EF_CONSTRUCTION)
            self.table.create_index("vector", config=index)

    def add(self, table: Table) -> None:
        self.table.add(self._columns(table))

    def _columns(self, table: Table) -> pa.Table:
        dimensions = table.vectors.shape[1]
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(table.vectors.reshape(-1)), dimensions)
        return pa.table(
            {"faq": table.faqs, "text": [self.words.joined(text) for text in table.texts], "vector": vectors}
        )

    def session(self) -> Session:
        return LanceSession(self.table, self.words)


class LanceSession(Session):
    def __init__(self, table: lancedb.table.Table, words: Words):
        self.table = table
        self.words = words
        self.indexed = table.count_rows() >= INDEXED_FROM

    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        reranker = RRFReranker(fusion.k) if fusion.kind == "rrf" else LinearCombinationReranker(fusion.weight)
        query = self.table.search(query_type="hybrid").vector(vector).text(self.words.joined(text)).distance_type("dot")
        if self.indexed:
            query = query.nprobes(1).ef(EF).refine_factor(2)
        found = query.rerank(reranker).select(["faq"]).limit(ROWS).to_arrow()
        return first_of_each(found["faq"].to_pylist())
