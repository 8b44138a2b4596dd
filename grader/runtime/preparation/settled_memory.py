"""The worker's memory before its first fork.

Children share all pages that exist then, until a process writes to them.
"""

from __future__ import annotations

import gc
import sys

from . import arenas
from .heap_holes import take_holes
from .large_pages import use_large_pages


def before_imports() -> None:
    """The garbage collector is off during the imports, a tenth of whose time it takes.

    What garbage leaves between the objects are holes, which ``before_forks`` takes where there will be many children.
    """
    arenas.put_into_heap()
    gc.disable()


def before_forks(*, many: bool) -> None:
    """To be called when everything is imported, and no child was forked.

    ``many``: the worker will fork many children, so that more preparation pays.
    """
    arenas.map_again()
    if many:
        gc.collect()
        _empty_type_cache()
        take_holes()
        use_large_pages()
    gc.freeze()  # the garbage collector does not write to frozen objects
    gc.enable()


def after_rehearsal() -> None:
    """As ``before_forks``, for what came since: children are to get fresh memory."""
    gc.collect()
    _empty_type_cache()
    take_holes()
    gc.freeze()


def _empty_type_cache() -> None:
    """Forget which names were looked up in types.

    The cache counts a reference to each of up to 4,096 names. Where a child looks up another name, it would write to
    the name that was there before, and copy its page. Since Python 3.12, names are immortal and not counted.
    """
    if sys.version_info < (3, 12):
        sys._clear_type_cache()
