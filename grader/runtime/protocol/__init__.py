"""What both sides of the sandbox agree on: the host imports it as ``grader.runtime.protocol``, and it travels into the
sandbox with the runtime. Standard library only.
"""
