"""Raises the exception by which the runtime stops a run, with an outcome that it made up."""
# ends: failed, completed

import sys

Stopped = sys.modules["grader_runtime.execute.statements"].Stopped
raise Stopped("completed", "all is well")
raise Stopped("sandbox_error", "not my fault")
raise Stopped(None, None)
print("still here")
