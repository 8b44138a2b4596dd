"""Which modules a worker imports before it forks, so that submissions need not.

Libraries import parts of themselves when those are first used. Where a submission imports such a part, every
submission imports it again. ``tests/sandbox/test_lazy_imports.py`` finds what is missing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.runtime.protocol.named_modules import NAMED

TORCH = (".preparation.torch_caches", ".preparation.light_modules")
"""Names with a leading dot are modules of ``grader/runtime``; the worker imports them and calls their ``warm_up()``."""
FIGURES = ("matplotlib.pyplot", ".record.plots.matplotlib_backend", ".preparation.lazy_ticks")
GRADIENT_GIVEN = ("torch.fx.experimental.symbolic_shapes",)
"""torch imports this lazily, at the first ``backward(gradient)``, and at some second derivatives of ``abs``.
Costs nothing where ``light_modules`` has put light modules in place; so does ``TRANSFORMS``.
"""
TRANSFORMS = ("torch._dynamo",)
"""torch imports this lazily, at the first transform, optimizer, checkpoint, or operator that a submission defines."""
FORWARD_MODE = ("torch._decomp.decompositions_for_jvp",)
"""torch imports this lazily, at the first dual tensor. It takes 0.25 s."""
PROFILED = ("torch.profiler._cupti_monitor",)
"""torch imports this lazily, at the first step of an optimizer or of a DataLoader."""
COMPARISON = ("torch.distributed.tensor",)
"""``torch.testing.assert_close`` imports this lazily. It takes 0.7 s."""
COMPILED = ("torch._dynamo.config",)
"""A module below ``torch._dynamo``: its import makes all of that run its code, which takes over a second."""
DECOMPOSED = ("sympy",)
"""torch imports it for what it decomposes in Python: second derivatives in forward mode, and those of ``abs``."""
DRAWN_FIGURES = (".preparation.drawn_figures",)
SOURCES = (".preparation.source_lines",)
EVERYTHING = (*TORCH, *FIGURES, *GRADIENT_GIVEN, *TRANSFORMS, *FORWARD_MODE, *PROFILED, *SOURCES)
"""What most submissions use, for a worker whose submissions are not known yet."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """Looks for words, which is fast, and for the pattern only where there is one of them."""

    words: tuple[bytes, ...]
    pattern: re.Pattern[bytes] | None = None

    def is_in(self, content: bytes) -> bool:
        return any(word in content for word in self.words) and (
            self.pattern is None or self.pattern.search(content) is not None
        )


def _words(text: str) -> _Sign:
    return _Sign(tuple(text.encode().split()))


def _imported(name: str) -> _Sign:
    pattern = rb"\b(?:import|from)\s+(?:[\w.]+\s*,\s*)*" + name.encode() + rb"\b"
    return _Sign((name.encode(),), re.compile(pattern))


_SIGNS: dict[tuple[str, ...], _Sign] = {
    FIGURES: _words("plot pylab seaborn"),
    GRADIENT_GIVEN: _Sign(
        (b"grad", b"ones", b"jac", b"vjp", b"hess", b"hvp", b"vhp", b"backward(", b"abs"),
        re.compile(rb"gradient\s*=|grad_outputs|ones|jac|vjp|hess|hvp|vhp|backward\(\s*\w|\babs\b"),
    ),
    TRANSFORMS: _Sign(
        tuple(b"func vmap compile jac hess jvp optim checkpoint torch.library custom_op".split()),
        re.compile(
            rb"\bfunc\b|functorch|vmap|compile|jacrev|jacfwd|hess|jvp|optim|checkpoint|torch\.library|custom_op"
        ),
    ),
    FORWARD_MODE: _words("jvp jacfwd hess linearize forward_ad make_dual"),
    COMPILED: _words("torch.compile _dynamo linearize torch.export checkpoint torch.library custom_op"),
    DECOMPOSED: _Sign(
        tuple(b"hess jacfwd jvp make_dual abs sympy".split()),
        re.compile(rb"hess|jacfwd|jvp|make_dual|\babs\b|\bsympy\b"),
    ),
    PROFILED: _words("optim DataLoader record_function"),
    COMPARISON: _words("assert_close"),
    ("torch.utils.serialization.config",): _words("torch.save torch.load pickle deepcopy"),
    ("numpy.fft",): _words("np.fft numpy.fft"),
    ("numpy.polynomial",): _words("np.polynomial numpy.polynomial"),
    ("numpy.testing",): _words("np.testing numpy.testing"),
    ("numpy.ma",): _words("np.ma. numpy.ma"),
    DRAWN_FIGURES: _words("savefig tight_layout constrained_layout .draw( get_window_extent get_tightbbox"),
    ("contourpy",): _words("contour"),
    ("matplotlib.animation",): _words("animation"),
    ("_strptime",): _words("strptime"),
    ("encodings.gbk",): _words("gbk GBK gb2312"),
    ("encodings.utf_8_sig",): _words("utf-8-sig utf_8_sig"),
    **{(name,): _imported(name) for name in NAMED if (name,) != DECOMPOSED},
    SOURCES: _words("manual_seed traceback detect_anomaly"),  # last, as it reads what was imported before
}
_LONG_LINE = 1_000
_IMAGE = b'"image/'


def modules_for(contents: Iterable[bytes]) -> tuple[str, ...]:
    """The modules that submissions seem to need, by the contents of their files.

    An unneeded module costs up to a second once; a missing one costs that in every submission that needs it.
    """
    waiting = dict(_SIGNS)
    for content in map(_without_images, contents):
        for modules in [modules for modules, sign in waiting.items() if sign.is_in(content)]:
            del waiting[modules]
        if not waiting:
            break
    return (*TORCH, *(module for modules in _SIGNS if modules not in waiting for module in modules))


def _without_images(content: bytes) -> bytes:
    """A notebook without the images in its outputs, which are most of its bytes and each a line."""
    if _IMAGE not in content:
        return content
    lines = content.split(b"\n")
    return b"\n".join(line for line in lines if len(line) < _LONG_LINE or not line.lstrip().startswith(_IMAGE))
