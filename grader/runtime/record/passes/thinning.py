"""Records the passes of a long loop in brief, apart from some that are described in full, and the last of each line.

A pass in brief costs a walk over its graph and copies of its leaves. Whether a pass is the last of its line is known
only later: the latest passes wait, with what describes them in full, until others of their line have run.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import torch

from ...protocol.record import GRAD_WAS_EMPTY, RUN_NOTE
from ..hands.found_hands import hands_of
from ..hands.hands import Hands
from ..recorder import Recorder
from ..steps.steps import Steps
from .brief_passes import BriefPasses
from .describe_pass import MAX_LEAVES, DescribedPass, PassDescriber
from .graph import walk
from .left_gradients import LeafCopy, LeftGradients, grad_of
from .origins import Origins
from .pass_hooks import captured
from .pass_lines import FULL, PassLine, PassLines
from .small_tensors import Kept, kept
from .waiting_pass import LateDescriber, Template, WaitingPass, form_of

LAST = 2
"""The last passes from a line, which are described in full."""
MAX_WAITING = 16
"""Passes that wait. Of more lines that take turns, the last passes are not all described in full."""

Call = Callable[[], Any]
_NO_FIELDS: Mapping[str, Any] = {}


class Thinning:
    """Decides for each pass how it is recorded, and records those in brief."""

    def __init__(self, recorder: Recorder, origins: Origins, describer: PassDescriber, hands: Hands) -> None:
        self._recorder = recorder
        self._origins = origins
        self._describer = describer
        self._hands = hands
        self.steps: Steps | None = None
        """Is told of each pass; None: nobody asks for the steps of leaves."""
        self._late = LateDescriber(recorder, origins, describer)
        self._lines = PassLines(recorder)
        self._left = LeftGradients()
        self._brief = BriefPasses(recorder)
        self._waiting: list[WaitingPass] = []
        self._lock = threading.RLock()
        self._flush = self.flush
        self._is_active = False
        """Some line has run so many passes that later ones may be in brief: what passes leave is remembered."""

    # ----------------------------------------------------------------------------------------------------------------
    # Before a pass
    # ----------------------------------------------------------------------------------------------------------------

    def begin(
        self,
        call: str,
        roots: tuple[torch.Tensor, ...],
        fields: Mapping[str, Any],
        *,
        gradients: Any = None,
        inputs: tuple[torch.Tensor, ...] = (),
        group: int = 0,
    ) -> WaitingPass | PassLine:
        """What is copied of a pass that may be recorded in brief, or the line of a pass that is described in full."""
        line = self._lines.next()
        if line.is_thinned(line.passes) and not self._recorder.is_full:
            try:
                with torch._C.DisableTorchFunction():
                    entry = self._copied(line, call, roots, fields, gradients, inputs, group)
                if entry is not None:
                    return entry
            except Exception:  # a leaf that cannot be copied; to describe it in full may say why
                pass
        if line.passes >= FULL:
            self._is_active = True
        if self._waiting:
            self.flush()
        return line

    def begin_in_brief(self, root: torch.Tensor, frame: FrameType) -> WaitingPass | None:
        """As ``begin``, for ``root.backward()`` in a frame of the student's. None: it is to go the usual way."""
        line = None if self._recorder.is_full else self._lines.next_in_brief(frame)
        if line is None:
            return None
        with torch._C.DisableTorchFunction(), suppress(Exception):
            entry = self._copied(line, "backward", (root,), _NO_FIELDS, None, (), 0)
            if entry is not None:
                return entry
        line.passes -= 1
        return None

    def _copied(
        self,
        line: PassLine,
        call: str,
        roots: tuple[torch.Tensor, ...],
        fields: Mapping[str, Any],
        gradients: Any,
        inputs: tuple[torch.Tensor, ...],
        group: int,
    ) -> WaitingPass | None:
        """None: no pass of this line was like it."""
        nodes, leaves = walk(roots)
        leaves += self._origins.retained_in(nodes)
        if inputs:
            leaves = list(inputs)
        order = self._origins.order_through(nodes)
        template = line.templates.get(form_of(call, order, fields, min(len(leaves), MAX_LEAVES)))
        if template is None or not roots:
            return None
        output, _, group_of_elements = self._origins.output_of(roots[0])
        entry = WaitingPass(
            line,
            template,
            nodes,
            root=roots[0],
            output=output,
            gradients=gradients,
            group=group or group_of_elements,
            stale=self._recorder.reading_stale,
        )
        entry.hands = self._hands.in_graph(nodes, leaves) if nodes else self._hands.in_forward_mode()
        token_of = self._recorder.stream.tokens.of
        for tensor in leaves[:MAX_LEAVES]:
            leaf = self._left.before(tensor, token_of(tensor), line)
            entry.leaves.append(leaf)
            if entry.group and self._left.group_of(leaf.token) == entry.group:
                entry.was_continued = True
        return entry

    # ----------------------------------------------------------------------------------------------------------------
    # A pass that may be recorded in brief
    # ----------------------------------------------------------------------------------------------------------------

    def backward(self, entry: WaitingPass, run: Call) -> None:
        """Run a ``backward``, and keep it."""
        may_act = self._hands.may_act
        own: list[torch.Tensor | None] | None = None
        if may_act or not all(leaf.state & GRAD_WAS_EMPTY for leaf in entry.leaves):
            tensors = tuple(leaf.tensor for leaf in entry.leaves)
            with self._hands.watching_grads(tensors) as writes, captured(tensors) as own:
                self._run(entry, run)
            with torch._C.DisableTorchFunction():
                if writes is not None:
                    writes.mark(entry.acted, own)
        else:
            self._run(entry, run)
        with torch._C.DisableTorchFunction():
            self._keep(entry, own)

    def grad(self, entry: WaitingPass, run: Call) -> Any:
        """Run an ``autograd.grad``, and keep it."""
        result = self._run(entry, run)
        with torch._C.DisableTorchFunction():
            self._keep(entry, tuple(result.values() if isinstance(result, Mapping) else result))
        return result

    def forward(self, entry: WaitingPass, gradients: Sequence[Kept]) -> None:
        """Keep a pass of forward mode, which has run."""
        with torch._C.DisableTorchFunction():
            self._keep(entry, ())
            for leaf, gradient in zip(entry.leaves, gradients, strict=False):
                leaf.gradient = gradient

    def _run(self, entry: WaitingPass, run: Call) -> Any:
        try:
            if not self._hands.may_act:
                return run()
            with self._hands.collected() as entry.acted:
                return run()
        except BaseException as error:
            self.flush()
            self._send_full(entry, error)
            raise

    def _keep(self, entry: WaitingPass, gradients: Sequence[torch.Tensor | None] | None) -> None:
        """Keep what a pass has left. ``gradients`` are its own, leaf by leaf; None: they are what ``.grad`` is now."""
        try:
            for number, leaf in enumerate(entry.leaves):
                self._left.after(leaf, entry.group)
                if gradients is None:
                    leaf.gradient = leaf.after
                elif number < len(gradients) and (gradient := gradients[number]) is not None:
                    leaf.gradient = kept(gradient)
            template = entry.template
            if template.fields["create_graph"]:
                results = gradients if template.form.call == "grad" else None
                left = [grad_of(leaf.tensor) for leaf in entry.leaves]
                differentiable = left if results is None else list(results)
                self._origins.note_gradients(template.form.order, differentiable)
                self._hands.note_gradients(differentiable, hands_of(entry.hands, entry.acted))
        except Exception:  # a gradient that cannot be copied, such as a sparse one: only the pass counts
            pass
        if self.steps is not None and entry.template.form.order == 1:
            self._note_steps(self.steps, entry, gradients)
        with self._lock:
            stream = self._recorder.stream
            stream.busy += 1
            try:
                self._add(entry)
            finally:
                stream.busy -= 1

    def _note_steps(self, steps: Steps, entry: WaitingPass, gradients: Sequence[torch.Tensor | None] | None) -> None:
        if len(entry.template.form.names) < len(entry.leaves):
            steps.lose_track()  # a transform made the leaves
            return
        own = gradients or [None] * len(entry.leaves)
        leaves = zip(entry.leaves, entry.template.form.names, own, strict=False)
        with self._recorder.pause(), torch.no_grad(), suppress(Exception):
            steps.note_pass(
                entry.template.form.place,
                entry.root,
                [(leaf.tensor, names, gradient) for leaf, names, gradient in leaves],
                entry.hands | entry.acted,
                accumulates=entry.template.form.call == "backward",
            )

    def _add(self, entry: WaitingPass) -> None:
        self._recorder.flush_passes = self._flush
        if entry.group and self._is_part(entry):
            return
        waiting = self._waiting
        waiting.append(entry)
        entry.line.waiting += 1
        while waiting[0].line.waiting > LAST or len(waiting) > MAX_WAITING:
            earliest = waiting.pop(0)
            earliest.line.waiting -= 1
            self._record(earliest, is_last=not earliest.line.waiting)

    def _is_part(self, entry: WaitingPass) -> bool:
        """Whether a pass was added to the waiting pass that it is a part of."""
        tokens = [leaf.token for leaf in entry.leaves]
        for earlier in reversed(self._waiting):
            reached = [leaf.token for leaf in earlier.leaves]
            if earlier.group == entry.group and reached == tokens:
                is_added = earlier.add_part(entry, self._describer)
                if is_added is not None:
                    return is_added
                break
            if not set(reached).isdisjoint(tokens):
                break
        entry.continues = entry.was_continued
        return False

    def _record(self, entry: WaitingPass, *, is_last: bool) -> None:
        if is_last or entry.continues:
            self._brief.send()
            self._send_full(entry)
        else:
            entry.line.in_brief += 1
            self._brief.add(entry.in_brief(self._recorder.stream.tokens.of(entry.output)))

    def _send_full(self, entry: WaitingPass, error: BaseException | None = None) -> None:
        with self._recorder.pause(), torch._C.DisableTorchFunction(), torch.no_grad(), suppress(Exception):
            self._late.send(entry, error)

    # ----------------------------------------------------------------------------------------------------------------
    # A pass that is described in full
    # ----------------------------------------------------------------------------------------------------------------

    def before_full(self, line: PassLine, leaves: Sequence[torch.Tensor]) -> list[LeafCopy]:
        """Copies of the leaves before the pass; none as long as no pass may be in brief."""
        if not self._is_active:
            return []
        token_of = self._recorder.stream.tokens.of
        with torch._C.DisableTorchFunction(), suppress(Exception):  # what cannot be copied is not compared
            return [self._left.before(tensor, token_of(tensor), line) for tensor in leaves]
        return []

    def after_full(self, line: PassLine, event: DescribedPass, leaves: Sequence[LeafCopy]) -> None:
        """Complete the description of a pass that has run, and remember what it left."""
        if not self._is_active or len(leaves) != len(event.leaf_passes):
            return
        with torch._C.DisableTorchFunction(), suppress(Exception):
            for leaf, described in zip(leaves, event.leaf_passes, strict=True):
                described["unchanged"] = leaf.unchanged
                self._left.after(leaf, event.fields["group"])
            form = form_of(event.fields["call"], event.order, event.fields, len(event.leaf_passes))
            line.templates[form] = Template(event)

    # ----------------------------------------------------------------------------------------------------------------
    # The end of a loop
    # ----------------------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Send all passes that wait, the last of each line in full: before another event, and at a statement's end."""
        with self._lock:
            self._recorder.flush_passes = None
            self._recorder.stream.busy += 1
            try:
                waiting, self._waiting = self._waiting, []
                left = Counter(entry.line for entry in waiting)
                for entry in waiting:
                    left[entry.line] -= 1
                    entry.line.waiting = 0
                    self._record(entry, is_last=left[entry.line] < LAST)
                self._brief.send()
            finally:
                self._recorder.stream.busy -= 1

    def end_statement(self) -> None:
        """Send what waits, and say of which loops not all passes were described."""
        if not self._is_active:
            return
        self.flush()
        for line in self._lines.all():
            if line.in_brief:
                self._recorder.send(RUN_NOTE, place=line.place, text=_note(line))
                line.in_brief = 0


def _note(line: PassLine) -> str:
    return (
        f"this ran {line.passes} backward passes. {line.in_brief} of them are recorded in brief only: that they ran, "
        "what they left in `.grad`, and values that are small."
    )
