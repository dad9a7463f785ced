"""LanceDB: full-text search over jieba's words, vectors, and its own rerankers."""

import json
import os
import shutil
from pathlib import Path

import jieba
import lancedb
import pyarrow as pa
from lancedb.index import FTS, HnswSq
from lancedb.rerankers import LinearCombinationReranker, RRFReranker

from faq.engine import EF, EF_CONSTRUCTION, ROWS, Engine, Fusion, M, Session, Table, first_of_each, weights
from shared.corpus import Vectors

# Below, its exact scan is as fast as its index.
INDEXED_FROM = 5_000


class Lance(Engine):
    FUSIONS = (Fusion("rrf", 10), Fusion("rrf", 60), *weights("linear", (0.5, 0.6, 0.7, 0.8, 0.9)))

    def __init__(self, folder: Path):
        super().__init__(folder)
        # Its wheel brings jieba's code and no dictionary; where to look for one is read when a table is opened.
        os.environ["LANCE_LANGUAGE_MODEL_HOME"] = str(folder / "models")
        os.environ.setdefault("LANCE_LOG", "error")
        self.table = None

    def open(self) -> None:
        self.table = lancedb.connect(str(self.folder / "db")).open_table("faqs")

    def build(self, table: Table) -> None:
        self._give_dictionary(table.dictionary)
        dimensions = table.vectors.shape[1]
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(table.vectors.reshape(-1)), dimensions)
        columns = pa.table({"faq": table.faqs, "text": table.texts, "vector": vectors})
        self.table = lancedb.connect(str(self.folder / "db")).create_table("faqs", columns)
        plain = {"stem": False, "remove_stop_words": False, "ascii_folding": False, "with_position": False}
        self.table.create_index("text", config=FTS(base_tokenizer="jieba/default", **plain))
        if len(table.texts) >= INDEXED_FROM:
            index = HnswSq(distance_type="dot", num_partitions=1, m=M, ef_construction=EF_CONSTRUCTION)
            self.table.create_index("vector", config=index)

    def _give_dictionary(self, dictionary: Path | None) -> None:
        home = self.folder / "models" / "jieba" / "default"
        home.mkdir(parents=True)
        shutil.copy(Path(jieba.__file__).parent / "dict.txt", home / "dict.txt")
        users = []
        if dictionary:
            shutil.copy(dictionary, home / "user.txt")
            users = ["user.txt"]
        (home / "config.json").write_text(json.dumps({"main": "dict.txt", "users": users}), encoding="utf-8")

    def session(self) -> Session:
        return LanceSession(self.table)


class LanceSession(Session):
    def __init__(self, table):
        self.table = table
        self.indexed = table.count_rows() >= INDEXED_FROM

    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        reranker = RRFReranker(fusion.k) if fusion.kind == "rrf" else LinearCombinationReranker(fusion.weight)
        query = self.table.search(query_type="hybrid").vector(vector).text(text).distance_type("dot")
        if self.indexed:
            query = query.nprobes(1).ef(EF).refine_factor(2)
        found = query.rerank(reranker).select(["faq"]).limit(ROWS).to_arrow()
        return first_of_each(found["faq"].to_pylist())
