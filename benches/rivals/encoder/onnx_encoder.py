"""Texts to unit vectors with onnxruntime: a session over what `export.py` wrote, and our tokenizer."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path

MAX_TOKENS = 512
PAD_ID = 1
# onnxruntime's SkipLayerNormalization takes longer than the Add and the LayerNormalization that it
# stands for: with this fusion the 8-bit model takes 8 to 12 % longer, and no model gains.
SLOW_OPTIMIZERS = ["SkipLayerNormFusion"]


class Role(StrEnum):
    """What a text is to the model; some want another prefix for each."""

    QUERY = "query"
    PASSAGE = "passage"


class Encoder:
    """An onnxruntime session and our tokenizer."""

    def __init__(self, onnx_file: Path, model: Path, threads: int) -> None:
        # Imported here: a process that only starts others stays small.
        import numpy
        import onnxruntime
        from tokenizers import Tokenizer

        self.np = numpy
        manifest = tomllib.loads((model / "manifest.toml").read_text(encoding="utf-8"))
        self.prefixes = {role: manifest[f"{role}_prefix"] for role in Role}
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(
            str(onnx_file), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_OPTIMIZERS
        )

    def tokenise(self, texts: list[str], role: Role = Role.QUERY) -> list[list[int]]:
        prefix = self.prefixes[role]
        return [e.ids for e in self.tokenizer.encode_batch_fast([prefix + text for text in texts])]

    def encode(self, texts: list[str], role: Role = Role.QUERY):
        """The vectors of `texts`, one a row."""
        np = self.np
        rows = self.tokenise(texts, role)
        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), PAD_ID, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        (hidden,) = self.session.run(None, {"input_ids": ids, "attention_mask": mask})
        # The sum over the tokens; its length is scaled away, and the division by their number with it.
        vectors = (mask[:, None].astype(np.float32) @ hidden)[:, 0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
