"""jieba, as everybody uses it."""

import logging
from pathlib import Path

import jieba


class Words:
    """Cuts texts into words; with a dictionary of the trade if there is one."""

    def __init__(self, dictionary: Path | None):
        jieba.setLogLevel(logging.WARNING)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        if dictionary is not None:
            self._tokenizer.load_userdict(str(dictionary))

    def of(self, text: str) -> list[str]:
        return [word for word in self._tokenizer.cut_for_search(text) if any(c.isalnum() for c in word)]

    def joined(self, text: str) -> str:
        """With spaces between, for who cuts at spaces."""
        return " ".join(self.of(text))
