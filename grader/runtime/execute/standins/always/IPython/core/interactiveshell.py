"""Where notebooks set ``InteractiveShell.ast_node_interactivity``."""

from __future__ import annotations

# The name of the runtime's package in the sandbox.
from grader_runtime.execute.shell import Shell as InteractiveShell  # type: ignore[import-not-found]  # see above

__all__ = ["InteractiveShell"]
