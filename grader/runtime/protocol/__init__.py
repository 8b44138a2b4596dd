"""What both sides of the sandbox's wall share: the host imports it as ``grader.runtime.protocol``, and with the runtime
it travels into the sandbox. Standard library only.
"""
