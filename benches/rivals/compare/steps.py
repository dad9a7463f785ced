"""Each step in a process of its own, so that memory is its own and a failure ends nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compare.plan import MODEL, ROOT, Plan, kb, queries

TIMEOUT_S = 3_600
HERE = Path(__file__).resolve().parents[1]


class StepError(Exception):
    """A step ended with an error; the last line of what it said."""


@dataclass
class Steps:
    work: Path
    jieda: Path
    driver: Path
    retrieval: Path
    plan: Plan
    commands: list[str] = field(default_factory=list)

    @property
    def onnx(self) -> Path:
        # QAttention is the faster one for single texts.
        return self.work / "onnx" / "model.int8-attention.onnx"

    def corpus(self, name: str) -> Path:
        return self.work / "corpora" / name

    # ------------------------------------------------------------- texts and vectors

    def export_model(self) -> None:
        if not self.onnx.exists():
            script = str(HERE / "encoder" / "export.py")
            self._run([sys.executable, script, "--model", str(MODEL), "--out", str(self.onnx.parent)])

    def make_large(self, name: str) -> None:
        folder = kb(name, self.work)
        folder.mkdir(parents=True, exist_ok=True)
        data = str(ROOT / "models" / "train-data")
        self._run([str(self.retrieval), "folder", str(self.plan.phrasings), data, str(folder)])

    def export(self, name: str) -> None:
        source = [str(kb(name, self.work)), str(queries(name, self.work))]
        self._run([str(self.driver), "export", *source, str(self.corpus(name))])

    def encode(self, name: str) -> dict:
        return self._python("faq.encode", "--corpus", str(self.corpus(name)), *self._encoder())

    # ------------------------------------------------------------- ours

    def our_build(self, name: str, way: str) -> dict:
        return self._json([str(self.driver), "build", *self._ours(name, way)]) | {"corpus": name}

    def our_answers(self, name: str, way: str, seconds: int) -> dict:
        return self._json([str(self.driver), "ask", *self._ours(name, way), str(seconds)]) | {"corpus": name}

    def our_addition(self, name: str) -> dict:
        """One more FAQ in the folder, published: from the start of the command to its end."""
        folder, data = self.work / "published" / "kb", self.work / "published" / "data"
        shutil.rmtree(folder.parent, ignore_errors=True)
        shutil.copytree(kb(name, self.work), folder)
        publish = [str(self.jieda), "kb", "publish", str(folder), "--data", str(data)]
        self._run(publish)
        faqs = folder / "faqs.jsonl"
        lines = faqs.read_text(encoding="utf-8")
        added = json.loads(lines.splitlines()[0]) | {"id": "added", "question": "新来的这一条怎么问", "similar": []}
        faqs.write_text(lines + json.dumps(added, ensure_ascii=False) + "\n", encoding="utf-8")
        start = time.perf_counter()
        self._run(publish)
        return {"engine": "jieda", "corpus": name, "p50_ms": (time.perf_counter() - start) * 1e3}

    def our_intents(self, name: str) -> dict:
        source = [str(kb(name, self.work)), str(queries(name, self.work))]
        speed = self._json([str(self.driver), "intents", *source])
        command = [str(self.jieda), "eval", "intent", "--kb", source[0], "--queries", source[1], "--json"]
        report = self._json(command)
        return {
            "engine": "jieda",
            "title": "jieda",
            "corpus": name,
            "accuracy": report["accuracy"],
            "macro_f1": report["macro_f1"],
            "train_s": report["fit_seconds"],
            "predict": speed["index"],
            "text": speed["text"],
        }

    def _ours(self, name: str, way: str) -> list[str]:
        cache = self.work / "indexes" / "jieda" / f"{name}-{way}"
        return [str(kb(name, self.work)), str(self.corpus(name)), way, str(cache)]

    # ------------------------------------------------------------- theirs

    def tune(self, engine: str, corpora: tuple[str, ...]) -> dict:
        folders = [str(self.corpus(name)) for name in corpora]
        most = ["--most", str(self.plan.tuning_queries)]
        work = ["--work", str(self.work / "indexes" / engine / "tuning")]
        return self._python("faq.tune", "--engine", engine, *most, *work, *folders)

    def build(self, engine: str, name: str, way: str, setting: dict) -> dict:
        layout = ["--layout", setting["layout"]]
        return self._python("faq.build", *self._theirs(engine, name, way), *layout, "--out", str(self._index(engine)))

    def answers(self, engine: str, name: str, way: str, setting: dict, seconds: int) -> dict:
        """Of what was built last."""
        more = ["--setting", json.dumps(setting), "--index", str(self._index(engine)), "--seconds", str(seconds)]
        return self._python("faq.ask", *self._theirs(engine, name, way), *more, *self._encoder())

    def add(self, engine: str, setting: dict, more: str) -> dict:
        """To what was built last, FAQs of another corpus."""
        arguments = ["--setting", json.dumps(setting), "--index", str(self._index(engine))]
        return self._python("faq.add", "--engine", engine, *arguments, "--from", str(self.corpus(more)))

    def intents(self, name: str) -> list[dict]:
        return self._python("intents.measure", "--corpus", str(self.corpus(name)), *self._encoder())

    def _index(self, engine: str) -> Path:
        return self.work / "indexes" / engine / "now"

    def _theirs(self, engine: str, name: str, way: str) -> list[str]:
        return ["--engine", engine, "--corpus", str(self.corpus(name)), "--way", way]

    def _encoder(self) -> list[str]:
        return ["--model", str(MODEL), "--onnx", str(self.onnx)]

    # ------------------------------------------------------------- processes

    def _python(self, module: str, *arguments: str) -> Any:
        return self._json([sys.executable, "-m", module, *arguments])

    def _json(self, command: list[str]) -> Any:
        return json.loads(self._run(command))

    def _run(self, command: list[str]) -> str:
        program = "python" if command[0] == sys.executable else Path(command[0]).name
        shown = " ".join([program, *command[1:]]).replace(str(self.work), "WORK").replace(str(ROOT), ".")
        self.commands.append(shown)
        started = time.monotonic()
        print(shown, file=sys.stderr, flush=True)
        environment = os.environ | {"PYTHONPATH": str(HERE), "LANCEDB_LOG": "error", "TOKENIZERS_PARALLELISM": "false"}
        with open(self.work / "log", "ab") as log:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, timeout=TIMEOUT_S, check=False
            )
        print(f"    {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        if done.returncode != 0:
            lines = (self.work / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise StepError(lines[-1] if lines else f"exit status {done.returncode}")
        return done.stdout.decode()
