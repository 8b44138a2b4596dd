"""The packages for which the sandbox has stand-ins, by the name of the package at the top."""

ALWAYS = {"IPython": "IPython", "matplotlib_inline": "matplotlib_inline"}
"""Replaced also where they are installed."""
IF_MISSING = {"google": "google.colab", "ipywidgets": "ipywidgets", "nest_asyncio": "nest_asyncio", "tqdm": "tqdm"}
"""Replaced where they are not installed."""
