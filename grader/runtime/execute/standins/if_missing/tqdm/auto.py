"""Another place to import progress bars from."""

from . import tnrange, tqdm, tqdm_notebook, trange

__all__ = ["tnrange", "tqdm", "tqdm_notebook", "trange"]
