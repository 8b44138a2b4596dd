"""What the recorder records of autograd in a real worker: every way to a backward pass, and other torch calls."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from grader.model import Array, Backward, ChangedNames, Limits, Outcome, Probes, RunNote, TorchCall, TorchError
from grader.runtime.protocol.record import SECOND_RUN_CHANGE, SECOND_RUN_LEAST, SECOND_RUN_SWING
from tests.helpers.observing import Observer, events, only, values

SETUP = "import torch\nx = torch.arange(4.0, requires_grad=True)\n"


class TestEveryRoadToAGradient:
    @pytest.mark.parametrize(
        ("code", "call"),
        [
            ("(x * x).sum().backward()", "backward"),
            ("(x * x).backward(torch.ones(4))", "backward"),
            ("(x * x).backward(gradient=torch.ones(4))", "backward"),
            ("torch.autograd.backward((x * x).sum())", "backward"),
            ("torch.autograd.backward([x * x], [torch.ones(4)])", "backward"),
            ("(x * x).sum().backward(inputs=[x])", "backward"),
            ("g, = torch.autograd.grad((x * x).sum(), x)", "grad"),
            ("g, = torch.autograd.grad(x * x, [x], grad_outputs=torch.ones(4))", "grad"),
            ("g = torch.func.grad(lambda t: (t * t).sum())(x)", "grad"),
            ("g = torch.func.vmap(torch.func.grad(lambda t: t * t))(x)", "grad"),
            ("g = torch.func.vjp(lambda t: t * t, x)[1](torch.ones(4))", "grad"),
            ("g = torch.autograd.functional.vjp(lambda t: (t * t).sum(), x)", "grad"),
        ],
    )
    def test_the_gradient_of_x_squared_is_seen(self, observe: Observer, code: str, call: str) -> None:
        event = only(observe(SETUP + code), Backward)
        assert event.call == call
        assert event.error is None
        assert values(event.leaves[0].value) == [0, 1, 2, 3]
        assert values(event.leaves[0].gradient) == [0, 2, 4, 6]

    @pytest.mark.parametrize(
        "code",
        [
            "torch.func.jacrev(lambda t: t * t)(x)",
            "torch.func.jacfwd(lambda t: t * t)(x)",
            "torch.func.jvp(lambda t: t * t, (x,), (torch.ones(4),))",
            "torch.autograd.functional.jacobian(lambda t: t * t, x)",
            "torch.autograd.functional.hessian(lambda t: (t ** 3).sum(), x)",
        ],
    )
    def test_jacobians_and_forward_mode_are_seen(self, observe: Observer, code: str) -> None:
        found = events(observe(SETUP + code), Backward)
        assert found
        assert all(event.error is None for event in found)

    def test_a_jacobian_computed_row_by_row_is_one_group(self, observe: Observer) -> None:
        found = events(observe(SETUP + "torch.autograd.functional.jacobian(lambda t: t * t, x)"), Backward)
        assert len(found) == 4
        assert len({event.group for event in found}) == 1
        assert found[0].group != 0

    def test_a_thread_of_the_students_is_seen(self, observe: Observer) -> None:
        code = """
            import threading
            def work(): (x * x).sum().backward()
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        """
        assert values(only(observe(SETUP + _dedent(code)), Backward).leaves[0].gradient) == [0, 2, 4, 6]

    def test_unittest_methods_are_seen(self, observe: Observer) -> None:
        observation = observe("""
            import unittest, torch
            class Homework(unittest.TestCase):
                def test_it(self):
                    v = torch.ones(3, requires_grad=True)
                    (2 * v).sum().backward()
                    self.assertTrue(torch.equal(v.grad, torch.full((3,), 2.0)))
            if __name__ == "__main__":
                unittest.main()
        """)
        event = only(observation, Backward)
        assert event.leaves[0].names == ("v",)
        assert observation.outcome is Outcome.COMPLETED


def _dedent(code: str) -> str:
    import textwrap

    return textwrap.dedent(code)


class TestAnEvent:
    def test_names_the_tensor_before_the_sum_and_its_weights(self, observe: Observer) -> None:
        event = only(observe(SETUP + "d = x * x\nd.sum().backward()"), Backward)
        assert event.output_names == ("d",)
        assert values(event.output) == [0, 1, 4, 9]
        assert values(event.weights) == [1, 1, 1, 1]
        assert values(event.root) == 14
        assert set(event.through) == {"d", "x"}

    @pytest.mark.parametrize(
        "code",
        [
            "d.sum().backward()",
            "other = d\ndel d\nother.sum().backward()",
            "kept = [d]\nd = 3 * x\nkept[0].sum().backward()",
            "def f(a):\n    d = 3 * x\n    a.sum().backward()\nf(d)",
            "class Work: pass\nwork = Work()\nwork.d = d\nd = None\n(work.d * 2).mean().backward()",
        ],
    )
    def test_knows_the_tensors_of_its_graph_whatever_they_are_called_now(self, observe: Observer, code: str) -> None:
        observation = observe(SETUP + "d = x * x\n" + code, probes=Probes(names=("d",)))
        d = events(observation, ChangedNames)[0].changed["d"]
        assert isinstance(d, Array)
        assert d.token in only(observation, Backward).through_tokens

    def test_does_not_take_a_tensor_that_was_computed_anew_for_the_older_one(self, observe: Observer) -> None:
        observation = observe(SETUP + "d = x * x\nd = x * x\nd.sum().backward()", probes=Probes(names=("d",)))
        first, second = (event.changed["d"] for event in events(observation, ChangedNames))
        assert isinstance(first, Array)
        assert isinstance(second, Array)
        assert first.token not in only(observation, Backward).through_tokens
        assert second.token in only(observation, Backward).through_tokens

    def test_weighs_by_one_over_n_for_a_mean(self, observe: Observer) -> None:
        event = only(observe(SETUP + "d = x * x\nd.mean().backward()"), Backward)
        assert values(event.weights) == [0.25] * 4

    def test_joins_the_pieces_of_one_tensor_in_a_group(self, observe: Observer) -> None:
        found = events(observe(SETUP + "d = x * x\nfor i in range(4): d[i].backward(retain_graph=True)"), Backward)
        assert len({event.group for event in found}) == 1
        assert [values(event.weights) for event in found][1] == [0, 1, 0, 0]
        assert found[0].retain_graph

    def test_joins_the_pieces_of_an_iteration_too(self, observe: Observer) -> None:
        found = events(observe(SETUP + "d = x * x\nfor piece in d: piece.backward(retain_graph=True)"), Backward)
        assert len({event.group for event in found}) == 1
        assert [event.output_names for event in found] == [("d",)] * 4

    def test_keeps_what_one_pass_computed_apart_from_what_accumulated(self, observe: Observer) -> None:
        code = "for _ in range(2): (x * x).sum().backward()"
        second = events(observe(SETUP + code), Backward)[1].leaves[0]
        assert values(second.gradient) == [0, 2, 4, 6]
        assert values(second.grad_before) == [0, 2, 4, 6]
        assert values(second.grad_after) == [0, 4, 8, 12]

    def test_is_of_second_order_where_a_gradient_is_differentiated(self, observe: Observer) -> None:
        code = "g, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)\ng.sum().backward()"
        assert [event.order for event in events(observe(SETUP + code), Backward)] == [1, 2]

    def test_sees_a_non_leaf_that_retains_its_gradient(self, observe: Observer) -> None:
        code = "u = x * 2\nu.retain_grad()\n(u * u).sum().backward()"
        leaves = only(observe(SETUP + code), Backward).leaves
        assert {leaf.names: values(leaf.gradient) for leaf in leaves}[("u",)] == [0, 4, 8, 12]

    def test_names_tensors_inside_functions(self, observe: Observer) -> None:
        code = "import torch\ndef go():\n    w = torch.ones(2, requires_grad=True)\n    (w * 3).sum().backward()\ngo()"
        assert only(observe(code), Backward).leaves[0].names == ("w",)

    @pytest.mark.parametrize(
        "call",
        [
            "torch.func.grad(h)(x)",
            "torch.func.vjp(h, x)[1](torch.tensor(1.0))",
            "torch.func.jacrev(h)(x)",
            "torch.func.grad_and_value(lambda one, two: h(two), argnums=1)(x * 1, x)",
            "torch.vmap(torch.func.grad(lambda t: t * t))(x)",
            "torch.autograd.functional.jacobian(h, x)",
            "torch.autograd.functional.jacobian(h, x, create_graph=True)",
            "torch.autograd.functional.vjp(h, x)",
        ],
    )
    def test_what_a_transform_was_called_with_is_its_leaf(self, observe: Observer, call: str) -> None:
        code = f"def h(t):\n    return (t * t).sum()\nh(x).backward()\ng = {call}\nh(x).backward()"
        first, *others, last = events(observe(SETUP + code), Backward)
        before = first.leaves[0].value
        assert others
        for event in others:
            (leaf,) = event.leaves
            assert (leaf.names, leaf.value.token) == (("x",), before.token)
            assert values(leaf.grad_before) == values(leaf.grad_after) == values(first.leaves[0].grad_after)
        assert values(last.leaves[0].grad_before) == values(first.leaves[0].grad_after)

    @pytest.mark.parametrize("argument", ["x * 1", "x.detach().clone()", "x[1:]", "x.reshape(2, 2)"])
    def test_what_was_made_of_it_is_another(self, observe: Observer, argument: str) -> None:
        (event,) = events(observe(SETUP + f"torch.func.grad(lambda t: (t * t).sum())({argument})"), Backward)
        assert event.leaves[0].names == ()

    def test_a_view_of_the_students_own_is_another(self, observe: Observer) -> None:
        code = "def h(v):\n    (v * v).sum().backward()\nh(x.detach().requires_grad_())"
        assert only(observe(SETUP + code), Backward).leaves[0].names == ("v",)

    def test_says_where_it_happened(self, observe: Observer) -> None:
        observation = observe("import torch", "x = torch.ones(2, requires_grad=True)\n\nx.sum().backward()")
        place = only(observation, Backward).place
        assert (place.cell, place.line) == (1, 3)


class TestErrors:
    def test_a_swallowed_error_is_seen(self, observe: Observer) -> None:
        code = "y = (x * x).sum()\ny.backward()\ntry:\n    y.backward()\nexcept RuntimeError:\n    pass"
        observation = observe(SETUP + code)
        second = events(observation, Backward)[1]
        assert second.error is not None
        assert "backward through the graph a second time" in second.error.text
        assert observation.outcome is Outcome.COMPLETED

    def test_an_error_typed_by_hand_is_no_event(self, observe: Observer) -> None:
        observation = observe(SETUP + 'raise RuntimeError("Trying to backward through the graph a second time")')
        assert not events(observation, Backward)
        assert not events(observation, TorchError)

    def test_other_torch_calls_that_raise_are_seen(self, observe: Observer) -> None:
        code = "try: x.numpy()\nexcept RuntimeError: pass\ntry: torch.arange(3, requires_grad=True)\nexcept: pass"
        assert [event.call for event in events(observe(SETUP + code), TorchError)] == ["numpy", "arange"]

    def test_the_students_error_comes_through_unchanged(self, observe: Observer) -> None:
        code = (
            "y = x * x\ntry:\n    y.backward()\nexcept RuntimeError as error:\n    print(type(error).__name__, error)"
        )
        observation = observe(SETUP + code)
        text = "".join(event.text for event in observation.events if hasattr(event, "stream"))
        assert text == "RuntimeError grad can be implicitly created only for scalar outputs\n"


class TestChangedNames:
    def test_a_watched_name_is_sent_when_it_changes(self, observe: Observer) -> None:
        probes = Probes(names=("u*",))
        observation = observe(SETUP + "u = x.detach()\nz = 1\nu = u + 1\nu[0] = 7\ndel u", probes=probes)
        moments = events(observation, ChangedNames)
        assert [values(m.changed["u"]) for m in moments if m.changed] == [[0, 1, 2, 3], [1, 2, 3, 4], [7, 2, 3, 4]]
        assert moments[-1].removed == ("u",)

    def test_a_change_behind_autograds_back_is_seen(self, observe: Observer) -> None:
        observation = observe(SETUP + "x.data[0] = 5", probes=Probes(names=("x",)))
        assert values(events(observation, ChangedNames)[-1].changed["x"]) == [5, 1, 2, 3]

    def test_locals_of_a_function_are_seen_at_its_backward(self, observe: Observer) -> None:
        code = "def go():\n    u = x.detach() * 2\n    (u * x).sum().backward()\ngo()"
        moment = next(m for m in events(observe(SETUP + code, probes=Probes(names=("u",))), ChangedNames) if m.changed)
        assert moment.frame == "go"
        assert values(moment.changed["u"]) == [0, 2, 4, 6]

    @pytest.mark.parametrize(
        "code",
        [
            "[(u * u).sum().backward() for u in [x]]",
            "{k: (u * u).sum().backward() for k, u in enumerate([x])}",
            "{(u * u).sum().backward() for u in [x]}",
            "list((u * u).sum().backward() for u in [x])",
            "[[(u * u).sum().backward() for z in [1]] for u in [x]]",
            "u = x\nx = [(lambda: (u * u).sum().backward())() for u in [x]]",
            "def go(v):\n    return [(u * u).sum().backward() for u in v]\ngo([x])",
            "def go(v):\n    return [[(u * u).sum().backward() for z in v] for u in v]\ngo([x])",
            "class Test:\n    v = [x]\n    [(u * u).sum().backward() for u in v]",
        ],
    )
    def test_names_of_a_comprehension_are_seen_at_its_backward(self, observe: Observer, code: str) -> None:
        """In Python 3.11 it has a frame of its own; later it runs in the frame around it."""
        observation = observe(SETUP + code, probes=Probes(names=("u",)))
        event = only(observation, Backward)
        assert "u" in event.leaves[0].names
        seen = {}
        for change in itertools.takewhile(lambda found: found is not event, observation.events):
            if isinstance(change, ChangedNames):
                seen.update(change.changed)
                for name in change.removed:
                    seen.pop(name)
        assert values(seen["u"]) == [0, 1, 2, 3]

    def test_names_of_the_module_are_no_local_names_of_its_comprehension(self, observe: Observer) -> None:
        observation = observe(SETUP + "u = 1\n[(v * x).sum().backward() for v in [2]]", probes=Probes(names=("u",)))
        assert [change.frame for change in events(observation, ChangedNames) if change.changed] == [""]
        assert only(observation, Backward).leaves[0].names == ("x",)

    def test_a_name_that_a_failed_statement_should_have_bound_is_stale(self, observe: Observer) -> None:
        observation = observe(
            "import torch\nd = 2 * torch.ones(2, requires_grad=True)",
            "d = missing()",
            "d.sum().backward()",
            probes=Probes(names=("d",)),
        )
        assert any("d" in moment.stale for moment in events(observation, ChangedNames))
        assert only(observation, Backward).stale_names == ("d",)

    @pytest.mark.parametrize(
        ("failed", "stale"),
        [
            ("d = missing()", True),
            ("d, e = 1, missing()", True),
            ("d = missing(x)", True),
            ("for d in missing(): pass", True),
            ("if True:\n    d = missing()", True),
            # what it was made of is what the student goes on with
            ("d = d.missing()", False),
            ("d = missing(d)", False),
            ("d += missing", False),
            ("x, d = 1, d.missing()", False),
            # another name, or a leaf
            ("e = missing()", False),
            ("x = missing()", False),
            ("x = x.detach(requires_grad=True)", False),
            ("d.missing = missing()", False),
            ("d.missing()", False),
        ],
    )
    def test_only_what_should_have_been_new_is_stale(self, observe: Observer, failed: str, stale: bool) -> None:
        begin = "import torch\nx = torch.ones(2, requires_grad=True)\nd = (2 * x).sum()"
        assert only(observe(begin, failed, "d.backward()"), Backward).stale is stale

    def test_what_is_computed_of_a_stale_result_is_stale_too(self, observe: Observer) -> None:
        begin = "import torch\nx = torch.ones(2, requires_grad=True)\nd = 2 * x"
        assert only(observe(begin, "d = missing()", "e = d.sum()", "e.backward()"), Backward).stale_names == ("d",)
        assert not only(observe(begin, "d = missing()", "d = x * x", "d.sum().backward()"), Backward).stale
        assert not only(observe(begin, "d = missing()", "e = x * x", "e.sum().backward()"), Backward).stale

    def test_a_name_bound_again_is_stale_no_more(self, observe: Observer) -> None:
        observation = observe(
            "import torch", "d = missing()", "d = torch.ones(2, requires_grad=True)\nd.sum().backward()"
        )
        assert not only(observation, Backward).stale


def test_calls_that_a_probe_asks_for_are_listed(observe: Observer) -> None:
    observation = observe(SETUP + "x.detach()\nx.sum()", probes=Probes(torch_calls=("detach",)))
    assert [event.call for event in events(observation, TorchCall)] == ["detach"]


def test_a_tensor_too_large_to_record_is_described_only(observe: Observer) -> None:
    event = only(observe("import torch\nw = torch.ones(600, 600, requires_grad=True)\nw.sum().backward()"), Backward)
    assert event.leaves[0].value.data is None
    assert event.leaves[0].value.shape == (600, 600)


def test_sparse_and_quantised_tensors_do_not_disturb_the_student(observe: Observer) -> None:
    observation = observe(
        SETUP + "s = torch.eye(3).to_sparse().requires_grad_()\ntorch.sparse.sum(s).backward()\nprint(1)"
    )
    assert observation.outcome is Outcome.COMPLETED


def test_a_deep_graph_is_walked_without_recursion(observe: Observer) -> None:
    observation = observe(SETUP + "y = x\nfor _ in range(5000): y = y + 1\ny.sum().backward()")
    assert values(only(observation, Backward).leaves[0].gradient) == [1, 1, 1, 1]


def test_the_second_run_changes_every_road_by_elements(observe: Observer) -> None:
    code = """
        import torch, matplotlib.pyplot as plt
        x = torch.linspace(1, 2, 50, requires_grad=True)
        (x * x).sum().backward()
        g, = torch.autograd.grad((x * x).sum(), x)
        _, t = torch.func.jvp(lambda v: v * v, (x,), (torch.ones(50),))
        for data in (x.grad, g, t.detach(), torch.func.grad(lambda v: (v * v).sum())(x.detach()), 2 * x.detach()):
            plt.plot(x.detach(), data)
        plt.show()
    """
    from grader.model import Figure

    first = [values(curve.y) for curve in only(observe(code), Figure).curves]
    second = [values(curve.y) for curve in only(observe(code, intervene=True), Figure).curves]
    moved = [
        (np.array(after) / np.array(before) - 1) / SECOND_RUN_CHANGE
        for before, after in zip(first, second, strict=True)
    ]
    for change in moved[:4]:
        assert np.abs(change).min() > SECOND_RUN_LEAST - 0.2
        assert np.abs(change).max() < SECOND_RUN_LEAST + SECOND_RUN_SWING + 0.2
        assert np.ptp(change) > SECOND_RUN_SWING
    # Each pass by other factors, so that a curve shows from which pass it comes.
    assert all(np.abs(one - other).max() > 1 for one, other in itertools.combinations(moved[:4], 2))
    assert not moved[4].any()


class TestALoopThatDoesMoreThanIsRecorded:
    """It loses its own events; later statements lose none."""

    LOOP = """
        import torch
        w = torch.ones(2, requires_grad=True)
        x = torch.arange(3.0, requires_grad=True)
        for step in range(13_000):
            try:
                (w * step).backward()
            except RuntimeError:
                pass
        w.grad = torch.ones(2)
        total = w.grad.sum()
        y = (x * x).sum()
        y.backward()
    """

    def test_its_end_and_what_comes_after_it_are_recorded(self, observe: Observer) -> None:
        observation = observe(self.LOOP, limits=Limits(wall_s=100), probes=Probes(names=("total", "x", "w")))
        passes = events(observation, Backward)
        assert 9_000 < len(passes) < 13_000
        assert passes[-1].root_names == ("y",)
        assert observation.outcome is Outcome.COMPLETED
        notes = [note.text for note in events(observation, RunNote)]
        assert notes == ["this did more than is recorded, so not all of it was looked at."]
        last = [moment.changed["w"] for moment in events(observation, ChangedNames) if "w" in moment.changed][-1]
        assert values(last.grad) == [1, 1]

    def test_arrays_are_counted_by_what_they_hold_however_often(self, observe: Observer) -> None:
        observation = observe("""
            import torch
            large = torch.ones(250_000, requires_grad=True)
            x = torch.arange(3.0, requires_grad=True)
            for step in range(60):
                large.sum().backward()
            (x * x).sum().backward()
        """)
        passes = events(observation, Backward)
        assert len(passes) == 61
        assert observation.outcome is Outcome.COMPLETED
        assert passes[0].leaves[0].value.data is not None
        assert passes[59].leaves[0].value.data is None
        assert passes[59].leaves[0].value.shape == (250_000,)

    def test_a_network_of_large_layers_leaves_room_for_what_comes_after_it(self, observe: Observer) -> None:
        observation = observe("""
            import torch
            net = torch.nn.Linear(784, 256)
            data = torch.randn(4, 784)
            for step in range(60):
                net.zero_grad()
                net(data).pow(2).mean().backward()
                with torch.no_grad():
                    for weights in net.parameters():
                        weights -= 0.01 * weights.grad
            x = torch.arange(2_000.0, requires_grad=True)
            (x * x).sum().backward()
        """)
        assert observation.outcome is Outcome.COMPLETED
        *training, last = events(observation, Backward)
        assert len(training) == 60
        assert training[0].leaves[0].value.data is not None
        assert training[-1].leaves[0].value.data is None
        assert values(last.leaves[0].gradient)[:3] == [0, 2, 4]
