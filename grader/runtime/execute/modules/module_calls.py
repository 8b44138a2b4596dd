"""Makes the student's modules after the run, sets their parameters, calls them with hidden inputs, and sends what came
out (``grader.model.ModuleCall``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import zip_longest
from types import FunctionType
from typing import Any

import torch

from ...protocol.record import ARRANGED, MAX_ARGUMENTS, MODULE_CALL
from ...record.class_members import own_attributes
from ...record.functions import Functions
from ...record.hands.error_origin import described_error_of_function
from ...record.hands.found_hands import HandSet, hands_of
from ...record.hands.silent_writes import WritesInCall
from ...record.modules import KnownModule, Modules, form_of
from ...record.passes.graph import walk
from ...record.stream import MAX_NAME, Json, Stream
from ...record.structures import described
from ..call_arguments import MadeArguments
from ..call_gradients import Gradients, described_weights, differentiate, summed, weights_for
from ..clock import Stopped
from ..line_trace import LineTrace
from ..one_call import CALL_S, Surroundings
from ..repeated_calls import seen
from ..seeds import generators_in, seed_everything
from .kept_module import KeptModule
from .made_modules import Called, Made, ModuleInput, is_named, set_mode, takes, tried
from .parameters import (
    Parameter,
    buffers_of,
    drawn_attributes,
    floating_attributes,
    is_module,
    match,
    other_arrangements,
    parameters_of,
    rearrange,
    set_values,
    unregistered_in,
    zero_attributes,
)
from .statistics import of_calls

OTHER_SEEDS = 3
"""Seeds under which chance is looked for: one of them may give a small output the same values."""
MAX_SLOW = 2
"""After this many timeouts of one module for one probe, its other calls are left out."""


def call_modules(
    modules: Modules,
    functions: Functions,
    probes: list[Json],
    payload: bytes,
    support: Callable[[str], Any],
    run: Surroundings,
) -> None:
    """Make and call every module that a probe asks for with every input of the probe, and send the results."""
    for probe in probes:
        inputs = [ModuleInput(fields, payload, support) for fields in probe["inputs"]]
        known_modules = tried(modules, functions, probe, run.recorder)
        if run.named_first and (named := [known for known in known_modules if is_named(known, probe)]):
            if len(named) < len(known_modules):
                run.left_out.append(probe["id"])
            known_modules = named
        for known in known_modules:
            if run.clock.is_over(0.2):
                return
            caller = _Caller(known, probe, run)
            caller.call_with_all(inputs)
            for number in range(1, 1 + len(caller.other_arrangements)):
                # `x @ w` or `x @ w.T`, a scale or a shift: only the results tell which of them is meant.
                _Caller(known, probe, run, arrangement=number).call_with_all(inputs)
            caller.put_back()


def calls_of_modules(modules: Modules, functions: Functions, probes: list[Json], run: Surroundings) -> int:
    """How many calls ``call_modules`` would make, without those for statistics."""
    return sum(
        len(tried(modules, functions, probe, run.recorder)) * len(probe["inputs"]) * len(probe["modes"])
        for probe in probes
    )


class _Caller:
    """Makes and calls one module for one probe."""

    def __init__(self, known: KnownModule, probe: Json, run: Surroundings, *, arrangement: int = 0) -> None:
        """``arrangement``: the number of one of ``other_arrangements``, from 1 on; 0: the first that fits."""
        self._arrangement = arrangement
        self.other_arrangements: list[dict[str, Any]] = []
        """Of the parameters of the first object that was made, where they are drawn by another's names."""
        self._known = known
        self._probe = probe
        self._run = run
        self._slow = 0
        self._stage = "making"
        self._method = ""
        self._wide = False
        """Arguments are made in float64, as the parameters are."""
        self._unregistered: list[Json] | None = None
        """Of the first object that was made: it is the same for all."""
        function = known.value if type(known.value) is FunctionType else None
        self._generators = generators_in(run.generators, function, None)
        self._kept: KeptModule | None = None
        """Of an object that the submission made: its state at the end of the run."""

    def call_with_all(self, inputs: list[ModuleInput]) -> None:
        # A function has no modes.
        modes = self._probe["modes"][:1] if self._known.form == "function" else self._probe["modes"]
        for number, entry in enumerate(inputs):
            if self._slow >= MAX_SLOW or self._run.clock.is_over(0.2):
                return
            failed: BaseException | None = None
            made = None
            trace = LineTrace(self._run.recorder) if self._run.lines else None
            with self._run.quiet(), torch.enable_grad():
                try:
                    with self._limit(), trace or nullcontext():
                        made = self._make(entry, number)
                except BaseException as error:
                    failed = error
            if made is None:
                if failed is None or not self._counts_as_module():
                    return
                self._send(number, modes[0], {"outputs": []}, failed)
                if not self._is_named:
                    return
                continue
            for mode in modes:
                with self._run.quiet(), torch.enable_grad(), trace or nullcontext():
                    answer, failed = self._answer(made, entry, number, mode)
                if trace is not None:
                    answer["lines"] = trace.lines
                self._send(number, mode, answer, failed, made.thing)
                if failed is not None:
                    if not self._is_named:
                        return  # what raises once is not what is looked for
                    break

    def put_back(self) -> None:
        """Give an object that the submission made its own parameters back, for other probes."""
        if self._kept is not None:
            self._kept.restore()

    def _counts_as_module(self) -> bool:
        """Whether what could not be made may be what is asked for: a function among all others need not be."""
        return self._is_named or self._known.form != "maker"

    # ----------------------------------------------------------------------------------------------------------------
    # Making
    # ----------------------------------------------------------------------------------------------------------------

    def _make(self, entry: ModuleInput, number: int) -> Made | None:
        """The object with its parameters set; None where a function makes no module. Raises what it raises."""
        self._stage, self._method = "making", ""
        self._wide = torch.get_default_dtype() == torch.float64
        given = entry.made_with.make(wide=self._wide)
        self._set_back(None)
        thing = self._made_with(given)
        if thing is None:
            return None
        self._stage = "setting"
        if self._known.form == "function":
            return Made(thing=thing, given=given, parameters=[], unregistered=[])
        tensors = [one.tensor for one in given.tensors]
        parameters = parameters_of(thing, tensors)
        if any(torch.nn.parameter.is_lazy(one.tensor) for one in parameters):
            self._call_lazily(thing, entry)
            parameters = parameters_of(thing, tensors)
        floating = [one.tensor.dtype for one in parameters if one.tensor.is_floating_point()]
        if floating:
            self._wide = all(dtype == torch.float64 for dtype in floating)
        needed = self._probe["needed"]
        may_do_without = self._probe["without_autograd"] if is_module(thing) else not tensors
        if self._known.form == "class" and may_do_without:
            parameters = self._parameters_without_autograd(thing, entry, parameters)
        shapes = [(one.name, one.shape) for one in parameters] if needed is None else needed
        match(parameters, [(name, tuple(shape)) for name, shape in shapes])
        if self._probe["draws"]:
            if needed is not None:
                self.other_arrangements = other_arrangements(parameters)
            if 0 < self._arrangement <= len(self.other_arrangements):
                rearrange(parameters, self.other_arrangements[self._arrangement - 1])
            set_values(parameters, self._run.seed, number)
        if self._unregistered is None:
            self._unregistered = unregistered_in(thing, parameters) if is_module(thing) else []
        return Made(thing=thing, given=given, parameters=parameters, unregistered=self._unregistered)

    def _parameters_without_autograd(
        self, thing: Any, entry: ModuleInput, parameters: list[Parameter]
    ) -> list[Parameter]:
        """Of a plain class that does without autograd, the tensors that it draws at random are parameters, and those of
        zeros that have a part in what comes out. Of the student's, any floating tensor may be what is needed.
        """
        needed = self._probe["needed"]
        if needed is None:
            if parameters or not floating_attributes(thing):
                return parameters
            drawn = drawn_attributes(thing, self._made_again(entry, 1))
            zeros = zero_attributes(thing) if drawn else []
            counted = {one.name for one in (*drawn, *(one for one in zeros if self._has_a_part(one.name, entry)))}
            return [one for one in floating_attributes(thing) if one.name in counted]
        if len(parameters) >= len(needed):
            return parameters
        known = {id(one.tensor) for one in parameters}
        found = [*parameters, *(one for one in floating_attributes(thing) if id(one.tensor) not in known)]
        match(found, [(name, tuple(shape)) for name, shape in needed])
        return [one for one in found if one.fills or one.tensor.requires_grad]

    def _made_again(self, entry: ModuleInput, seed: int) -> Any:
        """Another object of a class."""
        seed_everything(self._run.seed + seed, self._generators)
        given = entry.made_with.make(wide=self._wide)
        return self._known.value(*given.by_position, **given.by_name)

    def _has_a_part(self, name: str, entry: ModuleInput) -> bool:
        """Whether other numbers in an attribute change what the methods return: a bias, and not the place for a
        gradient.
        """
        returned = []
        try:
            for other in (False, True):
                thing = self._made_again(entry, 0)
                with torch.no_grad():
                    if other:
                        own_attributes(thing)[name].detach().add_(1.5)
                    called = Called()
                    seed_everything(self._run.seed, self._generators)
                    self._call_methods(thing, entry, called)
                    returned.append(tuple(seen(output, "").value for output in called.outputs))
        except Exception:
            return False
        return returned[0] != returned[1]

    def _made_with(self, given: MadeArguments) -> Any:
        value = self._known.value
        match self._known.form:
            case "function":
                return value
            case "object":
                if self._kept is None:
                    self._kept = KeptModule(value)
                self._kept.restore()
                return value
            case "maker":
                if not takes(value, given):
                    return None if not self._is_named else value(*given.by_position, **given.by_name)
                made = value(*given.by_position, **given.by_name)
                return made if form_of(made) == "object" else None
        return value(*given.by_position, **given.by_name)

    @property
    def _is_named(self) -> bool:
        return bool(self._known.names.keys() & set(self._probe["modules"]))

    def _call_lazily(self, thing: Any, entry: ModuleInput) -> None:
        """Call a module once, so that its lazy parameters get their shapes."""
        was_training = own_attributes(thing).get("training")
        with torch.no_grad():
            thing.eval()  # so that statistics of batches stay as they are
            self._call_methods(thing, entry, Called())
            if was_training is True:
                thing.train()

    # ----------------------------------------------------------------------------------------------------------------
    # Calling
    # ----------------------------------------------------------------------------------------------------------------

    def _answer(self, made: Made, entry: ModuleInput, number: int, mode: str) -> tuple[Json, BaseException | None]:
        """What comes out of a call in one mode, as data, and what it raised."""
        run, stream = self._run, self._run.recorder.stream
        thing, parameters = made.thing, made.parameters
        called = Called()
        found: list[Gradients] = []
        weights: list[Any] = []
        statistics: Json | None = None
        failed: BaseException | None = None
        acted: HandSet = {}
        leaves = [(one.name, one.tensor) for one in parameters if one.tensor.requires_grad and one.tensor.is_leaf]
        values: list[Json | None] = []
        printed = run.printed()
        training: object = None
        named: set[str] | None = None
        try:
            with self._limit():
                self._stage, self._method = "setting", ""
                self._set_back(thing)
                set_mode(thing, mode)
                training = own_attributes(thing).get("training")
            values = [stream.maybe_tensor(one.as_needed(one.tensor)) for one in parameters]
            with self._limit(), run.hands.collected() as acted:
                self._stage = "calling"
                with (
                    WritesInCall(run.hands.writes),
                    run.torch_calls() if self._probe["torch_calls"] else nullcontext() as named,
                ):
                    self._call_methods(thing, entry, called)
                self._method = ""
                output = called.outputs[-1] if called.outputs else None
                leaves = [*(leaf for given in (made.given, *called.arguments) for leaf in given.leaves), *leaves]
                weights = weights_for(summed(output), run.seed, number)
                found = differentiate(
                    output,
                    leaves,
                    gradient_of=run.gradient_of,
                    second=False,
                    weights=weights,
                    call_again=lambda: self._again(made, entry),
                )
            self._stage = "done"
        except BaseException as error:
            failed = error
            self._slow += isinstance(error, Stopped)
        answer = self._described(made, called, values, training)
        answer["hands"] = self._hands(called, leaves, acted)
        answer["printed"] = run.printed() > printed
        if named is not None:
            answer["torch_calls"] = sorted(named)
        if found:
            by_tensor = {id(leaf): each for (_, leaf), each in zip(leaves, found, strict=True)}
            for one, fields in zip(parameters, answer["parameters"], strict=True):
                each = by_tensor.get(id(one.tensor), Gradients())
                fields["gradient"] = stream.maybe_tensor(one.as_needed(each.gradient))
                fields["weighed"] = stream.maybe_tensor(one.as_needed(each.weighed))
            own = {id(one.tensor) for one in parameters}
            answer["arguments"] = [
                {
                    "path": path[:MAX_NAME],
                    "gradient": stream.maybe_tensor(each.gradient),
                    "weighed": stream.maybe_tensor(each.weighed),
                }
                for (path, leaf), each in zip(leaves, found, strict=True)
                if id(leaf) not in own
            ][:MAX_ARGUMENTS]
            if any(each.weighed is not None for each in found):
                answer["weights"] = described_weights(called.outputs[-1], weights, stream)
        if failed is None and self._probe["repeat"]:
            statistics, failed = self._statistics(made, entry)
        answer["statistics"] = statistics
        if failed is None and self._probe["varies"]:
            answer["varies"], failed = self._varies(made, entry)
        return answer, failed

    def _call_methods(self, thing: Any, entry: ModuleInput, called: Called) -> None:
        for method, arguments in entry.calls:
            made = arguments.make(wide=self._wide)
            called.arguments.append(made)
            self._method = method
            called.outputs.append(self._callable(thing, method)(*made.by_position, **made.by_name))

    def _callable(self, thing: Any, method: str) -> Callable[..., Any]:
        if self._known.form == "function":
            applied: Callable[..., Any] = thing.apply
            return applied
        found: Callable[..., Any] = getattr(thing, method) if method else thing
        return found

    def _again(self, made: Made, entry: ModuleInput) -> tuple[object, list[tuple[str, torch.Tensor]]]:
        """The output and leaves of another call, for a graph that can be gone through only once."""
        self._set_back(made.thing)
        called = Called()
        self._call_methods(made.thing, entry, called)
        leaves = [leaf for given in (made.given, *called.arguments) for leaf in given.leaves]
        own = [(one.name, one.tensor) for one in made.parameters if one.tensor.requires_grad and one.tensor.is_leaf]
        return called.outputs[-1], [*leaves, *own]

    def _statistics(self, made: Made, entry: ModuleInput) -> tuple[Json | None, BaseException | None]:
        """What comes out of many more calls, after which the object is as it was."""
        run = self._run

        def call(number: int) -> object:
            seed_everything(run.seed + 1 + number, generators)
            called = Called()
            self._call_methods(made.thing, entry, called)
            return called.outputs[-1]

        try:
            generators = self._generators_of(made.thing)
            kept = KeptModule(made.thing)
            with self._limit(), torch.no_grad():
                found = of_calls(call, self._probe["repeat"], run.recorder.stream)
            kept.restore()
            return found, None
        except BaseException as error:
            self._stage = "calling"
            self._slow += isinstance(error, Stopped)
            return None, error

    def _varies(self, made: Made, entry: ModuleInput) -> tuple[bool | None, BaseException | None]:
        """Whether calls under other seeds give something else, after which the object is as it was."""
        run = self._run
        try:
            generators = self._generators_of(made.thing)
            kept = KeptModule(made.thing)
            found = set()
            with self._limit(), torch.no_grad():
                for number in range(1 + OTHER_SEEDS):
                    seed_everything(run.seed + number, generators)
                    called = Called()
                    self._call_methods(made.thing, entry, called)
                    found.add(seen(called.outputs[-1], "").value)
                    kept.restore()
            return len(found) > 1, None
        except BaseException as error:
            self._stage = "calling"
            self._slow += isinstance(error, Stopped)
            return None, error

    def _limit(self) -> AbstractContextManager[None]:
        clock = self._run.clock
        return clock.limit(min(CALL_S / (1 + self._slow), clock.left()))

    def _set_back(self, thing: Any) -> None:
        """Give a call the same random numbers as any other; before an object is made, also the state in which the
        submission ended.
        """
        if thing is None:
            self._run.state.restore()
        seed_everything(self._run.seed, self._generators_of(thing))

    def _generators_of(self, thing: Any) -> tuple[Any, ...]:
        """The generators that a call may draw from: those of the submission, and of the object."""
        return self._generators if thing is None else (*self._generators, *generators_in((), None, thing))

    # ----------------------------------------------------------------------------------------------------------------
    # Describing. All outside of time limits: a frame that is interrupted would end the record.
    # ----------------------------------------------------------------------------------------------------------------

    def _described(self, made: Made, called: Called, values: list[Json | None], training: object) -> Json:
        stream = self._run.recorder.stream
        parameters: list[Json] = [
            {
                "name": one.name[:MAX_NAME],
                "fills": one.fills[:MAX_NAME],
                "shape": list(one.shape),
                "requires_grad": bool(one.tensor.requires_grad),
                "is_transposed": one.fit == "transposed",
                "value": value,
            }
            for one, value in zip_longest(made.parameters, values)
        ]
        for one, fields in zip(made.parameters, parameters, strict=True):
            after = stream.maybe_tensor(one.as_needed(one.tensor)) if called.outputs else None
            fields["after"] = None if after is None or _is_same(after, fields["value"]) else after
        numbers = [(one.tensor.numel(), one.tensor.requires_grad) for one in made.parameters]
        return {
            "outputs": [described(output, stream) for output in called.outputs],
            "changed": [changed for given in (made.given, *called.arguments) for changed in given.changed(stream)][
                :MAX_ARGUMENTS
            ],
            "parameters": parameters,
            "parameter_count": sum(count for count, _ in numbers),
            "trainable_count": sum(count for count, requires_grad in numbers if requires_grad),
            "buffers": self._buffers(made, stream),
            "unregistered": made.unregistered,
            "training": training if type(training) is bool else None,
        }

    def _buffers(self, made: Made, stream: Stream) -> Json | None:
        if self._known.form == "function":
            return None
        try:
            with self._limit():
                found = dict(buffers_of(made.thing, [one.tensor for one in made.given.tensors]))
                if self._probe["without_autograd"] and is_module(made.thing):
                    # What the reference's plain class keeps in attributes, a module may keep there, too.
                    found = {one.name: one.tensor for one in floating_attributes(made.thing)} | found
        except BaseException:
            return None
        described_buffers = [(name, stream.maybe_tensor(tensor)) for name, tensor in found.items()]
        there = [(name, each) for name, each in described_buffers if each is not None]
        return {
            "kind": "dict",
            "keys": [name[:MAX_NAME] for name, _ in there],
            "items": [each for _, each in there],
            "cut": False,
        }

    def _hands(self, called: Called, leaves: list[tuple[str, torch.Tensor]], acted: HandSet) -> list[Json]:
        """What had a hand in the gradients of a call: what acted, and what the graph of its output shows."""
        hands = self._run.hands
        tensors = summed(called.outputs[-1]) if called.outputs else []
        if not hands.any or not tensors:
            return hands_of(acted)
        with torch._C.DisableTorchFunction():
            return hands_of(hands.in_graph(walk(tuple(tensors))[0], [leaf for _, leaf in leaves]), acted)

    def _send(self, number: int, mode: str, answer: Json, failed: BaseException | None, thing: Any = None) -> None:
        known, recorder = self._known, self._run.recorder
        kind = known.value if known.form in ("class", "function") else type(thing)
        recorder.send(
            MODULE_CALL,
            place=known.place,
            probe=self._probe["id"],
            module=known.number + ARRANGED * self._arrangement,
            form=known.form,
            type=_name_of(kind)[:MAX_NAME],
            is_module=issubclass(kind, torch.nn.Module),
            name=known.name[:MAX_NAME],
            names=[name[:MAX_NAME] for name in list(known.names)[:20]],
            input=number,
            mode=mode,
            stage="done" if failed is None else self._stage,
            method=self._method[:MAX_NAME],
            error=None if failed is None else described_error_of_function(failed, recorder),
            **answer,
        )


def _is_same(one: Json, other: Json | None) -> bool:
    """Whether two described tensors have equal values."""
    if other is None:
        return False
    return all(one["$array"][key] == other["$array"][key] for key in ("blob", "shape"))


_name_of = type.__dict__["__name__"].__get__
"""The name of a class. Its metaclass may say another."""
