"""What a module's call raised, in words that say what is missing."""

from __future__ import annotations

import re

from grader.judging.modules.called_modules import CalledModule
from grader.model import Arguments, ModuleCall, Raised

_NOT_INITIALISED = re.compile(
    r"before Module\.__init__\(\) call|has no attribute '_(modules|parameters|buffers|backward_hooks|forward_hooks)'"
)
_NO_FORWARD = re.compile(r'is missing the required "forward" function')
_SIGNATURE = re.compile(r"(\w+)\(\) (missing|takes|got)\b")
_NO_SELF = re.compile(r"takes 0 positional arguments but \d+ (was|were) given")
_NO_ATTRIBUTE = re.compile(r"has no attribute '(\w+)'")


def what_it_raises(call: ModuleCall, called: CalledModule) -> str:
    """A predicate, whose subject is the module; empty where it raised nothing."""
    error = call.error
    if error is None:
        return ""
    if error.type == "Stopped":
        what = "to be made" if call.stage == "making" else "to answer"
        return f"takes too long {what}: does a loop in it not end?"
    if call.is_module and _NOT_INITIALISED.search(error.text):
        return (
            "does not call `super().__init__()` at the beginning of its `__init__`: only after that a module can take "
            f"in parameters and other modules. It raises {_raised(error)}"
        )
    given = called.inputs[call.input]
    match call.stage:
        case "making":
            return _making(call, error, given.made_with)
        case "setting":
            return f"cannot be given parameters: {error.text if error.type == 'TooLarge' else _raised(error)}"
    return _calling(call, error, called)


def _making(call: ModuleCall, error: Raised, made_with: Arguments) -> str:
    found = _SIGNATURE.search(error.text)
    if error.type == "TypeError" and (found or "object.__init__" in error.text or "takes no arguments" in error.text):
        what = "called" if call.form == "maker" else "made"
        return f"cannot be {what} as `{call.name}({_signature(made_with)})`: {error.text}"
    verb = "is called" if call.form == "maker" else "is made"
    return f"raises {_raised(error)} when it {verb} as `{call.name}({_signature(made_with)})`"


def _calling(call: ModuleCall, error: Raised, called: CalledModule) -> str:
    arguments = next(
        (one.arguments for one in called.inputs[call.input].calls if one.method == call.method), Arguments()
    )
    method = call.method or ("forward" if call.is_module or call.form == "function" else "__call__")
    if error.type == "NotImplementedError" and (_NO_FORWARD.search(error.text) or call.form == "function"):
        return "has no method `forward`: is it written inside the class, and spelled so?"
    missing = _NO_ATTRIBUTE.search(error.text)
    if error.type == "AttributeError" and missing is not None and missing[1] == call.method:
        return f"has no method `{call.method}`: is it written inside the class, and spelled so?"
    if error.type == "TypeError" and "object is not callable" in error.text and not call.method and not call.is_module:
        return "cannot be called: its class is no `nn.Module`, and has no method `__call__`"
    found = _SIGNATURE.search(error.text)
    as_called = f"`{method}({_signature(arguments)})`"
    if error.type == "TypeError" and _NO_SELF.search(error.text) and found is not None and found[1] == method:
        return f"has a `{method}` without `self`, which every method takes as its first parameter: {error.text}"
    if error.type == "TypeError" and found is not None and found[1] == method:
        return f"cannot be called as {as_called}: {error.text}"
    mode = f" in {call.mode} mode" if call.mode == "eval" else ""
    return f"raises {_raised(error)} when its {as_called} is called{mode}"


def _signature(arguments: Arguments) -> str:
    """The arguments as they stand in a call, by their names alone: their values are hidden inputs."""
    by_name = (f"{name}={name}" for name, _ in arguments.by_name)
    return ", ".join((*(name for name, _ in arguments.by_position), *by_name))


def _raised(error: Raised) -> str:
    return f"{error.type}: {error.text.removesuffix('.')}" if error.text else error.type
