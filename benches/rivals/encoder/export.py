#!/usr/bin/env python3
"""Turn `model.gguf` into ONNX files for onnxruntime, with no training framework involved.

    python encoder/export.py --model ../../models/multilingual-e5-small-zh --out DIR
    python encoder/export.py --model ... --out DIR --all     # the losing candidates too

The weights of few bits are expanded to f32 and put into the graph that a Hugging Face export of
BertModel has, operator for operator. Of it, onnxruntime's transformer optimiser makes
`model.f32.onnx`, and its dynamic quantisation `model.int8.onnx`. `CANDIDATES` says which options
were tried, and README.md which of them won and by how much.

Inputs: `input_ids` and `attention_mask`, both int64 [batch, sequence]. Output: `last_hidden_state`,
f32 [batch, sequence, hidden].
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from gguf import GGUFReader
from gguf.quants import dequantize
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model

OPSET = 17  # the first with LayerNormalization
# Weights that have one scale in the 4-bit candidate, as in model.gguf.
BLOCK = 32

# ------------------------------------------------------------------- GGUF


def read_gguf(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a GGUF file in f32, whatever they are stored in."""
    return {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in GGUFReader(path).tensors}


# ------------------------------------------------------------------ graph


class Graph:
    """Collects nodes and constants; every method returns the name of what it computes."""

    def __init__(self, weights: dict[str, np.ndarray], config: dict) -> None:
        self.weights = weights
        self.config = config
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants[name] = numpy_helper.from_array(values, name)
        return name

    def number(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, dtype=np.float32))

    def integers(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        out = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=f"node_{out}", **attributes))
        return out

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, name: str, x: str) -> str:
        matrix = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.weight(f"{name}.bias"), self.op("MatMul", x, matrix))

    def norm(self, name: str, x: str, out: str = "") -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", x, scale, bias, name=out, axis=-1, epsilon=self.config["layer_norm_eps"])

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.number("sqrt_2", math.sqrt(2))))
        product = self.op("Mul", x, self.op("Add", erf, self.number("one", 1)))
        return self.op("Mul", product, self.number("half", 0.5))

    def mask(self) -> str:
        """[batch, 1, 1, sequence]: 0 for a token, the lowest f32 for padding."""
        wide = self.op("Unsqueeze", self.op("Unsqueeze", "attention_mask", self.integers(1)), self.integers(2))
        padding = self.op("Sub", self.number("one", 1), self.op("Cast", wide, to=TensorProto.FLOAT))
        return self.op("Mul", padding, self.number("lowest", float(np.finfo(np.float32).min)))

    def embeddings(self) -> str:
        length = self.op("Gather", self.op("Shape", "input_ids"), self.constant("index_1", np.array(1)), axis=0)
        length = self.op("Unsqueeze", length, self.integers(0))
        ids = self.constant("position_ids", np.arange(self.config["max_position_embeddings"])[None])
        positions = self.op("Slice", ids, self.integers(0), length, self.integers(1))
        words = self.op("Gather", self.weight("embeddings.word_embeddings.weight"), "input_ids")
        # Every token has type 0: that row is added to the positions once and for all.
        table = self.constant(
            "embeddings.position_embeddings.weight",
            self.weights["embeddings.position_embeddings.weight"]
            + self.weights["embeddings.token_type_embeddings.weight"][0],
        )
        return self.norm("embeddings.LayerNorm", self.op("Add", words, self.op("Gather", table, positions)))

    def attention(self, at: str, x: str, mask: str) -> str:
        heads = self.config["num_attention_heads"]
        size = self.config["hidden_size"] // heads

        def split(part: str, order: list[int]) -> str:
            rows = self.op("Reshape", self.linear(f"{at}.self.{part}", x), self.integers(0, 0, heads, size))
            return self.op("Transpose", rows, perm=order)

        query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
        scores = self.op("Div", self.op("MatMul", query, key), self.number("sqrt_size", math.sqrt(size)))
        shares = self.op("Softmax", self.op("Add", scores, mask), axis=-1)
        context = self.op("Transpose", self.op("MatMul", shares, value), perm=[0, 2, 1, 3])
        context = self.op("Reshape", context, self.integers(0, 0, heads * size))
        return self.norm(f"{at}.output.LayerNorm", self.op("Add", self.linear(f"{at}.output.dense", context), x))

    def build(self) -> onnx.ModelProto:
        mask = self.mask()
        x = self.embeddings()
        layers = self.config["num_hidden_layers"]
        for layer in range(layers):
            at = f"encoder.layer.{layer}"
            x = self.attention(f"{at}.attention", x, mask)
            inner = self.gelu(self.linear(f"{at}.intermediate.dense", x))
            outer = self.op("Add", self.linear(f"{at}.output.dense", inner), x)
            x = self.norm(f"{at}.output.LayerNorm", outer, "last_hidden_state" if layer == layers - 1 else "")
        axes = ["batch", "sequence"]
        graph = helper.make_graph(
            self.nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in ("input_ids", "attention_mask")],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, [*axes, self.config["hidden_size"]])],
            list(self.constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        onnx.checker.check_model(model)
        return model


# -------------------------------------------------------------- candidates


@dataclass(frozen=True)
class Candidate:
    """How `model.<label>.onnx` is made of the plain graph."""

    # What the transformer optimiser fuses: "" nothing, "attention" the attention, and Add with GELU,
    # "all" also the embeddings, and the residual Add with LayerNormalization. onnxruntime fuses
    # the bias and GELU in any case, when it loads the graph.
    fuse: str = ""
    bits: int = 32
    weights: QuantType = QuantType.QInt8
    per_channel: bool = True


CANDIDATES = {
    "f32": Candidate("attention"),
    "f32-plain": Candidate(),
    "f32-fused": Candidate("all"),
    "int8": Candidate("", 8),
    "int8-attention": Candidate("attention", 8),  # Attention becomes QAttention
    "int8-fused": Candidate("all", 8),
    "int8-per-tensor": Candidate("", 8, per_channel=False),
    "int8-unsigned": Candidate("", 8, QuantType.QUInt8),
    "int4": Candidate("", 4),  # blocks of 32 with one scale, as in model.gguf
}
# QAttention is the faster one at batch 1, the plain graph at batch 32.
WINNERS = ["f32", "int8", "int8-attention"]


def fuse(plain: Path, out: Path, config: dict, everything: bool) -> None:
    options = FusionOptions("bert")
    options.enable_skip_layer_norm = everything
    options.enable_embed_layer_norm = everything
    fused = optimize_model(
        str(plain),
        model_type="bert",
        num_heads=config["num_attention_heads"],
        hidden_size=config["hidden_size"],
        optimization_options=options,
        opt_level=0,
    )
    fused.save_model_to_file(str(out))


def quantise(source: Path, out: Path, candidate: Candidate) -> None:
    if candidate.bits == 4:
        # Imported here: it needs onnx-ir, which nothing else does.
        from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

        # Level 4: the products are computed in 8 bits, the fastest that there is.
        how = DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=True, accuracy_level=4)
        quantizer = MatMulNBitsQuantizer(onnx.load(source), algo_config=how)
        quantizer.process()
        quantizer.model.save_model_to_file(str(out))
        return
    quantize_dynamic(
        source,
        out,
        per_channel=candidate.per_channel,
        reduce_range=False,
        weight_type=candidate.weights,
        # Shape inference stops at the fused operators: what it cannot tell is f32.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="our model folder")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--all", action="store_true", help="write the losing candidates as well")
    options = parser.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    options.out.mkdir(parents=True, exist_ok=True)
    config = json.loads((options.model / "config.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(dir=options.out) as name:
        scratch = Path(name)
        plain = scratch / "plain.onnx"
        onnx.save(Graph(read_gguf(options.model / "model.gguf"), config).build(), plain)
        for label in CANDIDATES if options.all else WINNERS:
            candidate = CANDIDATES[label]
            out = options.out / f"model.{label}.onnx"
            source = plain
            if candidate.fuse:
                source = scratch / "fused.onnx"
                fuse(plain, source, config, candidate.fuse == "all")
            if candidate.bits < 32:
                quantise(source, out, candidate)
            else:
                shutil.copyfile(source, out)
            print(f"{out.name:28} {out.stat().st_size / 1e6:6.1f} MB")


if __name__ == "__main__":
    main()
