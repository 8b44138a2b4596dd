"""Dask's log goes to the grader's own, so that nothing of it is on the terminal unless ``-v`` asks for it."""

from __future__ import annotations

import logging

_TO = logging.getLogger("grader.classroom.cluster.dask")
_LOGGERS = ("distributed", "dask", "asyncio", "tornado")


class _ToOurs(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        # A fault of Dask's is nothing that the grader did wrong; an error of a batch is reported where it ends.
        _TO.log(min(record.levelno, logging.WARNING), "%s: %s", record.name, self.format(record))


def quiet() -> None:
    """To be called after ``distributed`` was imported, which sets handlers of its own."""
    import distributed  # noqa: F401

    for name in _LOGGERS:
        logger = logging.getLogger(name)
        below = [other for other in logging.root.manager.loggerDict if other.startswith(f"{name}.")]
        for each in (logger, *map(logging.getLogger, below)):
            for handler in each.handlers[:]:
                each.removeHandler(handler)
            each.propagate = each is not logger
        logger.addHandler(_ToOurs(logging.WARNING))
