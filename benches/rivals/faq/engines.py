"""Who is compared. A rival's packages are loaded when it is asked for, so that one can be left out."""

from importlib import import_module

from faq.engine import Engine

_PLACES = {
    "milvus": ("faq.milvus", "Milvus"),
    "lance": ("faq.lance", "Lance"),
    "postgres": ("faq.postgres", "Postgres"),
    "glue": ("faq.glue", "Glue"),
}
NAMES = tuple(_PLACES)


def load_engine(name: str) -> type[Engine]:
    """Raises `ImportError` where its packages are not installed."""
    module, kind = _PLACES[name]
    return getattr(import_module(module), kind)


def missing(name: str) -> str | None:
    """Why it can't run here."""
    try:
        load_engine(name)
    except ImportError as failure:
        return str(failure)
    return None
