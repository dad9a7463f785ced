"""milvus-lite: BM25 over jieba's words, HNSW, and its own rankers."""

import logging
from pathlib import Path

import jieba
from pymilvus import (
    AnnSearchRequest,
    DataType,
    Function,
    FunctionType,
    MilvusClient,
    RRFRanker,
    WeightedRanker,
)

from faq.engine import EF, EF_CONSTRUCTION, ROWS, Engine, Fusion, M, Session, Table, first_of_each, weights
from shared.corpus import Vectors

BATCH = 1000


class Milvus(Engine):
    FUSIONS = (Fusion("rrf", 10), Fusion("rrf", 60), *weights("linear", (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)))
    # The process that opens the files holds them.
    SHARED_FILES = False

    def __init__(self, folder: Path):
        super().__init__(folder)
        logging.getLogger("milvus_lite").setLevel(logging.ERROR)
        self.client = None

    def open(self) -> None:
        self.client = self._connect()
        self.client.load_collection("faqs")

    def prepare(self, table: Table) -> None:
        # Its analyzer cuts with jieba's own tokenizer, which loads its dictionary at the first word.
        jieba.initialize()

    def build(self, table: Table) -> None:
        self.client = self._connect()
        words = table.dictionary.read_text(encoding="utf-8").splitlines() if table.dictionary else []
        self._create(table.vectors.shape[1], [line.split()[0] for line in words if line.strip()])
        self._insert(table, 0)
        self.client.flush("faqs")
        self.client.load_collection("faqs")

    def add(self, table: Table) -> None:
        rows = self.client.query("faqs", filter="", output_fields=["count(*)"])[0]["count(*)"]
        self._insert(table, rows)

    def _insert(self, table: Table, first: int) -> None:
        for start in range(0, len(table.texts), BATCH):
            rows = [
                {"id": first + i, "faq": table.faqs[i], "text": table.texts[i], "dense": table.vectors[i].tolist()}
                for i in range(start, min(start + BATCH, len(table.texts)))
            ]
            self.client.insert("faqs", rows)

    def _connect(self):
        return MilvusClient(str(self.folder / "milvus.db"))

    def _create(self, dimensions: int, words: list[str]) -> None:
        schema = self.client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("faq", DataType.VARCHAR, max_length=256)
        analyzer = {"tokenizer": {"type": "jieba", "mode": "search", "dict": words}}
        schema.add_field("text", DataType.VARCHAR, max_length=16384, enable_analyzer=True, analyzer_params=analyzer)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimensions)
        bm25 = {"input_field_names": ["text"], "output_field_names": ["sparse"]}
        schema.add_function(Function(name="bm25", function_type=FunctionType.BM25, **bm25))
        index = self.client.prepare_index_params()
        hnsw = {"M": M, "efConstruction": EF_CONSTRUCTION}
        index.add_index("dense", index_type="HNSW", metric_type="IP", params=hnsw)
        index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        self.client.create_collection("faqs", schema=schema, index_params=index)

    def session(self) -> Session:
        return MilvusSession(self._connect())

    def close(self) -> None:
        if self.client is not None:
            self.client.close()


class MilvusSession(Session):
    def __init__(self, client):
        self.client = client

    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        by_vector = {"metric_type": "IP", "params": {"ef": EF}}
        dense = AnnSearchRequest(data=[vector.tolist()], anns_field="dense", param=by_vector, limit=ROWS)
        sparse = AnnSearchRequest(data=[text], anns_field="sparse", param={"metric_type": "BM25"}, limit=ROWS)
        if fusion.kind == "rrf":
            ranker = RRFRanker(fusion.k)
        else:
            ranker = WeightedRanker(fusion.weight, 1 - fusion.weight)
        hits = self.client.hybrid_search("faqs", reqs=[dense, sparse], ranker=ranker, limit=ROWS, output_fields=["faq"])
        return first_of_each(hit["entity"]["faq"] for hit in hits[0])
