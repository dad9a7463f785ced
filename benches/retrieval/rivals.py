#!/usr/bin/env python3
"""Hybrid search of rivals on the texts and vectors that `jieda-bench-retrieval export` wrote.

Prints one line of JSON an engine. Each row is a phrasing with its vector; a query asks BM25 and vectors for
50 rows each (ten FAQs of five phrasings) and merges them by reciprocal rank. `vector_recall_at_10` compares the
engine's vector search alone, with the same parameters, with exact search; `right_at_10` says how often the FAQ
that the query was made from is among the first ten FAQs.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np

ROWS = 50
WARM_UP = 20


def load(folder: Path):
    def lines(name: str) -> list[dict]:
        with open(folder / name, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def vectors(name: str) -> np.ndarray:
        return np.fromfile(folder / name, dtype="<f4").reshape(-1, 384)

    return lines("rows.jsonl"), vectors("rows.f32"), lines("queries.jsonl"), vectors("queries.f32")


def size_mb(path: Path) -> float:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(f.stat().st_size for f in files) / 1e6


class Milvus:
    def __init__(self, folder: Path, index: str):
        from pymilvus import MilvusClient

        self.index = index
        self.path = folder / f"milvus-{index.lower()}.db"
        if self.path.is_dir():
            shutil.rmtree(self.path)
        self.path.unlink(missing_ok=True)
        self.client = MilvusClient(str(self.path))
        self.params = {"ef": 128} if index == "HNSW" else {}

    def build(self, rows: list[dict], vectors: np.ndarray) -> None:
        from pymilvus import DataType, Function, FunctionType

        schema = self.client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("faq", DataType.INT64)
        schema.add_field(
            "text", DataType.VARCHAR, max_length=4096, enable_analyzer=True, analyzer_params={"tokenizer": "jieba"}
        )
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=384)
        schema.add_function(
            Function(
                name="bm25", function_type=FunctionType.BM25, input_field_names=["text"], output_field_names=["sparse"]
            )
        )
        index = self.client.prepare_index_params()
        build = {"M": 16, "efConstruction": 200} if self.index == "HNSW" else {}
        index.add_index("dense", index_type=self.index, metric_type="IP", params=build)
        index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        self.client.create_collection("faqs", schema=schema, index_params=index)
        for start in range(0, len(rows), 1000):
            batch = [
                {"id": start + i, "faq": row["faq"], "text": row["text"], "dense": vectors[start + i].tolist()}
                for i, row in enumerate(rows[start : start + 1000])
            ]
            self.client.insert("faqs", batch)
        self.client.flush("faqs")
        self.client.load_collection("faqs")

    def hybrid(self, text: str, vector: np.ndarray) -> list[int]:
        from pymilvus import AnnSearchRequest, RRFRanker

        dense = AnnSearchRequest(
            data=[vector.tolist()], anns_field="dense", param={"metric_type": "IP", "params": self.params}, limit=ROWS
        )
        sparse = AnnSearchRequest(data=[text], anns_field="sparse", param={"metric_type": "BM25"}, limit=ROWS)
        hits = self.client.hybrid_search(
            "faqs", reqs=[dense, sparse], ranker=RRFRanker(60), limit=ROWS, output_fields=["faq"]
        )
        return [hit["entity"]["faq"] for hit in hits[0]]

    def nearest(self, vector: np.ndarray) -> list[int]:
        hits = self.client.search(
            "faqs",
            data=[vector.tolist()],
            anns_field="dense",
            search_params={"metric_type": "IP", "params": self.params},
            limit=10,
        )
        return [hit["id"] for hit in hits[0]]


class Lance:
    def __init__(self, folder: Path, index: str):
        import lancedb

        self.index = index
        self.path = folder / f"lance-{index.lower()}"
        shutil.rmtree(self.path, ignore_errors=True)
        self.db = lancedb.connect(str(self.path))

    def build(self, rows: list[dict], vectors: np.ndarray) -> None:
        import pyarrow as pa
        from lancedb.rerankers import RRFReranker

        self.table = self.db.create_table(
            "faqs",
            pa.table(
                {
                    "id": pa.array(range(len(rows)), pa.int64()),
                    "faq": pa.array([row["faq"] for row in rows], pa.int64()),
                    "text": [row["text"] for row in rows],
                    "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), 384),
                }
            ),
        )
        # The wheel has no Chinese dictionary: character bigrams.
        self.table.create_fts_index(
            "text",
            base_tokenizer="ngram",
            ngram_min_length=2,
            ngram_max_length=2,
            prefix_only=False,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
            with_position=False,
        )
        if self.index != "FLAT":
            self.table.create_index(
                metric="dot", vector_column_name="vector", index_type=self.index, num_partitions=1, m=16,
                ef_construction=200,
            )
        self.reranker = RRFReranker()

    def _tuned(self, query):
        query = query.distance_type("dot")
        return query if self.index == "FLAT" else query.nprobes(1).ef(128).refine_factor(2)

    def hybrid(self, text: str, vector: np.ndarray) -> list[int]:
        query = self.table.search(query_type="hybrid").vector(vector).text(text)
        found = self._tuned(query).rerank(self.reranker).select(["faq"]).limit(ROWS).to_arrow()
        return found["faq"].to_pylist()

    def nearest(self, vector: np.ndarray) -> list[int]:
        return self._tuned(self.table.search(vector)).select(["id"]).limit(10).to_arrow()["id"].to_pylist()


def memory_mb() -> float:
    """Of this process and its children, which milvus-lite may start."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        own = Path("/proc/self").resolve().name
        if own in (fields["Pid"].strip(), fields["PPid"].strip()) and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=300)
    engines = ["milvus-HNSW", "milvus-FLAT", "lance-IVF_HNSW_SQ", "lance-FLAT"]
    parser.add_argument("--engine", choices=engines, required=True)
    arguments = parser.parse_args()
    rows, vectors, queries, query_vectors = load(arguments.data)
    queries, query_vectors = queries[: arguments.queries], query_vectors[: arguments.queries]
    exact = np.argsort(-(query_vectors @ vectors.T), axis=1)[:, :10]

    name, index = arguments.engine.split("-")
    engine = {"milvus": Milvus, "lance": Lance}[name](arguments.data, index)
    before = memory_mb()
    start = time.perf_counter()
    engine.build(rows, vectors)
    built = time.perf_counter() - start

    for query, vector in zip(queries[:WARM_UP], query_vectors, strict=False):
        engine.hybrid(query["text"], vector)
    times, right = [], 0
    for query, vector in zip(queries, query_vectors, strict=True):
        start = time.perf_counter()
        found = engine.hybrid(query["text"], vector)
        times.append((time.perf_counter() - start) * 1e3)
        right += query["faq"] in list(dict.fromkeys(found))[:10]
    pairs = zip(query_vectors, exact, strict=True)
    recall = np.mean([len(set(engine.nearest(v)) & set(e.tolist())) / 10 for v, e in pairs])
    print(
        json.dumps(
            {
                "engine": arguments.engine,
                "phrasings": len(rows),
                "build_s": built,
                "mb": size_mb(engine.path),
                "rss_mb": memory_mb() - before,
                "p50_ms": float(np.percentile(times, 50)),
                "p99_ms": float(np.percentile(times, 99)),
                "vector_recall_at_10": float(recall),
                "right_at_10": right / len(queries),
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
