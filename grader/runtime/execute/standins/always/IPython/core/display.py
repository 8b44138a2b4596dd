"""Where older notebooks import ``display`` and ``HTML`` from."""

from ..display import *  # noqa: F403 - all of it, as in IPython
