"""Where notebooks import videos, sounds and links from."""

from ..display import *  # noqa: F403 - all of it, as in IPython
