"""Where notebooks set ``InteractiveShell.ast_node_interactivity``."""

from __future__ import annotations

# The package that the runtime is in the sandbox; outside of it there is none.
from grader_runtime.execute.shell import Shell as InteractiveShell  # type: ignore[import-not-found]  # see above

__all__ = ["InteractiveShell"]
