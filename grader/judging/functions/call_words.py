"""A call of a function in words for students: what it was given, why it could not be called, what it changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.judging.functions.call_variables import value_of
from grader.judging.functions.called_functions import CalledFunction
from grader.language.expression import Expression, Role
from grader.language.values import show
from grader.model import FunctionCall, job
from grader.runtime.protocol.record import INPUT
from grader.text import count, shorten

MAX_SHOWN = 6
"""Arguments that a message shows."""
MAX_ELEMENTS = 4
"""Elements of a tensor that is shown beside others. Of larger ones the shape is said."""
MAX_LENGTH = 200
"""Characters of a list or dictionary that is shown beside others."""

_ONE_TENSOR = job.Arguments(by_position=((INPUT, job.PlainArgument(value=None)),))
"""In the place of the arguments of a function of one tensor, whose value does not matter here."""
_NAME = r"(?P<name>[\w.<>]{1,200})\(\)"
_COUNT = re.compile(_NAME + r" takes (?:from \d+ to )?(?P<takes>\d+) positional arguments? but (?P<given>\d+)")
_MISSING = re.compile(_NAME + r" missing \d+ required (?:positional|keyword-only) arguments?: (?P<which>.+)")
_UNEXPECTED = re.compile(_NAME + r" got an unexpected keyword argument '(?P<which>[^']+)'")
_TWICE = re.compile(_NAME + r" got multiple values for argument '(?P<which>[^']+)'")


def given_in_words(called: CalledFunction, call: FunctionCall, variables: Mapping[str, object]) -> str:
    """What a call was given: "Given [1, 2]", or "Given w = [1, 2], lr = 0.1", as far as it can be shown."""
    arguments = called.arguments.get(call.input)
    if arguments is None:
        return f"Given {show(value_of(variables[INPUT]))}"
    pairs = (*arguments.by_position, *arguments.by_name)
    if not pairs:
        return "Called without arguments"
    if len(pairs) == 1:
        ((name, argument),) = pairs
        return f"Given {name} = {_shown(argument, variables[name])}"
    shown = [_beside_others(name, argument, variables[name]) for name, argument in pairs]
    more = [f"and {count(len(pairs) - MAX_SHOWN, 'more argument')}"] if len(pairs) > MAX_SHOWN else []
    return f"Given {', '.join(shown[:MAX_SHOWN] + more)}"


def _shown(argument: job.Argument, variable: object) -> str:
    if isinstance(argument, job.SupportArgument):
        return f"`{argument.name.rpartition('.')[2]}`"
    return show(value_of(variable))


def _beside_others(name: str, argument: job.Argument, variable: object) -> str:
    if isinstance(argument, job.TensorArgument) and argument.data.size > MAX_ELEMENTS:
        return f"{name} of shape {argument.data.shape}"
    return f"{name} = {shorten(_in_brief(argument, variable), MAX_LENGTH)}"


def _in_brief(argument: job.Argument, variable: object) -> str:
    """An argument with the shapes of its larger tensors."""
    if isinstance(argument, job.TensorArgument) and argument.data.size > MAX_ELEMENTS:
        return f"a tensor of shape {argument.data.shape}"
    if not isinstance(argument, job.ManyArguments) or not isinstance(variable, Role):
        return _shown(argument, variable)
    shown = [
        f'"{key}": {_in_brief(item, inner)}' if argument.kind == "dict" else _in_brief(item, inner)
        for item, (key, inner) in zip(argument.items[:MAX_SHOWN], variable.items.items(), strict=False)
    ]
    listed = ", ".join(shown + ["…"] * (len(argument.items) > MAX_SHOWN))
    return {"list": f"[{listed}]", "tuple": f"({listed}{',' * (len(shown) == 1)})", "dict": f"{{{listed}}}"}[
        argument.kind
    ]


def why_not_called(called: CalledFunction, call: FunctionCall) -> str:
    """Why Python could not call the function with these arguments; empty where the error is another one."""
    error, arguments = call.error, called.arguments.get(call.input, _ONE_TENSOR)
    if error is None or error.type != "TypeError" or call.output is not None:
        return ""
    names = [name for name, _ in (*arguments.by_position, *arguments.by_name)]
    listed = f"it is called with {len(names)}: {', '.join(names)}" if names else "it is called without arguments"
    listed = "it is called with one tensor" if arguments is _ONE_TENSOR else listed
    if (found := _COUNT.match(error.text)) and _is_about(found["name"], call):
        # Python counts `self` as well.
        takes = int(found["takes"]) - (int(found["given"]) - len(arguments.by_position))
        return f"`{called.name}` takes {count(takes, 'argument')}; {listed}"
    if (found := _MISSING.match(error.text)) and _is_about(found["name"], call):
        return f"`{called.name}` needs {found['which'].replace(chr(39), '`')} as well; {listed}"
    if (found := _UNEXPECTED.match(error.text)) and _is_about(found["name"], call):
        by_name = ", ".join(f"`{name}`" for name, _ in arguments.by_name)
        return f"`{called.name}` has no argument named `{found['which']}`; {by_name} is given by its name"
    if (found := _TWICE.match(error.text)) and _is_about(found["name"], call):
        return (
            f"`{called.name}` has its argument `{found['which']}` at another place: it is given by its name, and the "
            f"others in this order: {', '.join(name for name, _ in arguments.by_position)}"
        )
    return ""


def _is_about(name: str, call: FunctionCall) -> bool:
    """Whether an error is about the call of the function itself, and not about another call in it."""
    called = name.rpartition(".")[2]
    return called in (call.name, *call.names, "forward", "__call__")


def changed_in_words(call: FunctionCall, lines: Iterable[Expression], failed: Expression | None) -> str:
    """Sentences on what was changed in place, or was not.

    ``lines`` are those of the check, ``failed`` the one that does not come out right.
    """
    # Where a line asks for a part of an argument after the call, its other parts may change as well.
    asked = {path.partition("[")[0] for line in lines for path, attribute in line.attributes if attribute == "after"}
    paths = [changed.path for changed in call.changed if not changed.keeps_value]
    said = ""
    if unasked := [path for path in paths if not _is_in(path, asked)]:
        named = "its argument" if unasked == [INPUT] else _listed(unasked)
        said += f" It changes {named} in place."
    if failed is None:
        return said
    wanted = sorted(path for path, attribute in failed.attributes if attribute == "after")
    # `w.after.grad` and `w.after.requires_grad` are about what an argument has besides its value.
    beside = {
        path: found[1] for path in wanted if (found := re.search(rf"{re.escape(path)}\.after\.(\w+)", failed.text))
    }
    touched = [changed.path for changed in call.changed]
    for path in wanted:
        if not any(_is_in(changed, (path,)) for changed in (touched if path in beside else paths)):
            named = "its argument" if path == INPUT else _listed([path])
            said += (
                f" It does not change {f'the `.{beside[path]}` of {named}' if path in beside else f'{named} in place'}."
            )
    return said


def _listed(paths: Sequence[str]) -> str:
    named = [f"`{path}`" for path in paths[:MAX_SHOWN]]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"its {'argument' if len(named) == 1 else 'arguments'} {listed}"


def _is_in(path: str, others: Iterable[str]) -> bool:
    """Whether a path is one of others, or a part of one of them."""
    return any(path == one or path.startswith(f"{one}[") for one in others)
