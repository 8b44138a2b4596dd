"""Well-known packages that submissions import: a missing one has to be installed, and is no file of the student's."""

from __future__ import annotations

import sys

_ALIKE = (
    "einops", "functorch", "gymnasium", "jax", "keras", "lightning", "nltk", "numba", "opt_einsum", "pandas", "plotly",
    "polars", "requests", "scipy", "seaborn", "statsmodels", "sympy", "tensorboard", "tensorflow", "torchaudio",
    "torchdata", "torchinfo", "torchmetrics", "torchtext", "torchvision", "torchviz", "transformers", "xgboost",
)  # fmt: skip
PACKAGES = dict.fromkeys(_ALIKE) | {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "graphviz": "graphviz",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""The packages of well-known modules; None: of the module's own name. Of other names none is proposed: a student chose
them, and anybody may have put a package of that name into an index.
"""


def is_known(module: str) -> bool:
    """Whether a module is one of these packages, of Python itself, or of what the grader needs anyway."""
    top = module.partition(".")[0]
    return (
        top in PACKAGES or top in sys.stdlib_module_names or top in {"torch", "numpy", "matplotlib", "IPython", "d2l"}
    )
