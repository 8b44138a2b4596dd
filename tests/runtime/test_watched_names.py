"""Watched names: parts of objects, lists of numbers and structures, read past the submission's own code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from grader.model import Array, Backward, ChangedNames, Observation, Opaque, Output, Probes, Structure, Value
from grader.runtime.record.stream import Stream
from grader.runtime.record.watched_names import WatchedNames
from tests.helpers.observing import Observer, events, values


def bound_last(observation: Observation) -> dict[str, Value]:
    """What the watched names of the module were bound to at the end."""
    found: dict[str, Value] = {}
    for event in events(observation, ChangedNames):
        if not event.frame:
            found |= event.changed
            for name in event.removed:
                found.pop(name, None)
    return found


def plain(value: Value) -> Any:
    """A recorded value as Python's."""
    if isinstance(value, Structure):
        items = [plain(item) for item in value.items]
        return dict(zip(value.keys, items, strict=True)) if value.keys else items
    return values(value) if isinstance(value, Array) else value.text


def watched(observe: Observer, code: str, *names: str) -> dict[str, Any]:
    observation = observe(code, probes=Probes(names=names))
    assert observation.outcome == "completed", observation
    assert not events(observation, Output)  # what the submission's own methods would print
    return {name: plain(value) for name, value in bound_last(observation).items()}


OBJECTS = """
    import collections, dataclasses, torch
    from torch import nn

    class Body(nn.Module):
        scale = 2.5
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.tensor([1.0, 2.0]))
            self.register_buffer("mean", torch.tensor([3.0]))
            self.lines = nn.ModuleList([nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)])
            self.kept = nn.ParameterList([torch.tensor([7.0]), torch.tensor([8.0])])

    @dataclasses.dataclass
    class Point:
        w: object
        rate: float = 0.5

    @dataclasses.dataclass(slots=True)
    class Slotted:
        w: object

    class Sly(dict):
        def __init__(self):
            object.__getattribute__(self, "__dict__").update(v=1.0, u=4.0)
        def __getattribute__(self, name):
            print("ran __getattribute__")
            return object.__getattribute__(self, name)
        def __getitem__(self, key):
            print("ran __getitem__")
        __class__ = property(lambda self: print("ran __class__"))
        u = property(lambda self: print("ran u"), lambda self, value: None)

    Pair = collections.namedtuple("Pair", "left right")
    model = Body()
    with torch.no_grad():
        for line in model.lines:
            line.weight.fill_(9.0)
    net = nn.Sequential(collections.OrderedDict(first=model, second=nn.ReLU()))
    point, slotted, pair = Point(torch.tensor(5.0)), Slotted(6.0), Pair(1.0, 2.0)
    sly = Sly()
    dict.__setitem__(sly, "w", 10.0)
    params = {"w": 1.0, 2: 3.0, "deep": [{"b": 4.0}]}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.125)
    model.weight.sum().backward()
"""


class TestParts:
    def test_attributes_and_items_are_found(self, observe: Observer) -> None:
        names = (
            *("model.weight", "model.mean", "model.scale", "model.lines[1].weight", "model.kept[-1]", "net[0].weight"),
            *("net.first.weight", "point.w", "point.rate", "slotted.w", "pair.right", "pair[0]", "params['w']"),
            *("params[2]", 'params["deep"][0]["b"]', 'optimizer.param_groups[0]["lr"]', "model.weight.grad"),
        )
        assert watched(observe, OBJECTS, *names) == {
            "model.weight": [1.0, 2.0],
            "model.mean": [3.0],
            "model.scale": 2.5,
            "model.lines[1].weight": [[9.0]],
            "model.kept[-1]": [8.0],
            "net[0].weight": [1.0, 2.0],
            "net.first.weight": [1.0, 2.0],
            "point.w": 5.0,
            "point.rate": 0.5,
            "slotted.w": 6.0,
            "pair.right": 2.0,
            "pair[0]": 1.0,
            'params["w"]': 1.0,
            "params[2]": 3.0,
            'params["deep"][0]["b"]': 4.0,
            'optimizer.param_groups[0]["lr"]': 0.125,
            "model.weight.grad": [1.0, 1.0],
        }

    def test_patterns_stand_for_every_part_of_their_kind(self, observe: Observer) -> None:
        assert watched(observe, OBJECTS, "*.w", "model.lines[*].weight", "*.rat?", "params[*]") == {
            "point.w": 5.0,
            "slotted.w": 6.0,
            "model.lines[0].weight": [[9.0]],
            "model.lines[1].weight": [[9.0]],
            "point.rate": 0.5,
            'params["w"]': 1.0,
            "params[2]": 3.0,
            'params["deep"]': [{"b": 4.0}],
        }

    def test_no_code_of_the_submissions_runs(self, observe: Observer) -> None:
        found = watched(observe, OBJECTS, "sly.u", "sly.v", 'sly["w"]', "sly.*")
        assert found == {"sly.v": 1.0, 'sly["w"]': 10.0}  # `u` is what the property says, whatever is beside it

    def test_an_object_that_hides_its_dictionary_has_no_attributes(self, observe: Observer) -> None:
        code = """
            class Meta(type):
                __mro__ = property(lambda cls: print("ran __mro__"))
            class Hidden(metaclass=Meta):
                __dict__ = property(lambda self: print("ran __dict__"))
            hidden = Hidden()
            hidden.w = 1.0
        """
        assert watched(observe, code, "hidden.w", "hidden.*", "*.w") == {}

    def test_keys_of_other_types_are_not_compared(self, observe: Observer) -> None:
        code = """
            class Key(str):
                __hash__ = str.__hash__
                def __eq__(self, other):
                    print("ran __eq__")
                    return True
            params = {Key("v"): 1.0, True: 2.0, "w": 3.0}
        """
        assert watched(observe, code, 'params["w"]', 'params["u"]', "params[1]", "params[*]") == {'params["w"]': 3.0}

    def test_a_part_that_goes_away_is_removed(self, observe: Observer) -> None:
        observation = observe("params = {'w': 1.0}\ndel params['w']\n", probes=Probes(names=('params["w"]',)))
        assert [event.removed for event in events(observation, ChangedNames)] == [(), ('params["w"]',)]

    def test_patterns_look_at_a_bounded_number_of_parts(self, observe: Observer) -> None:
        code = """
            rows = [[float(row)] * 1000 for row in range(10_000)]
            many = {str(number): 1.0 for number in range(100_000)}
        """
        found = watched(observe, code, "rows[*][0]", "rows[9999][0]", "many[*]", 'many["5"]')
        assert "rows[0][0]" in found
        assert len(found) <= 64

    def test_objects_that_hold_themselves(self, observe: Observer) -> None:
        code = """
            class Node: pass
            node = Node()
            node.node, node.items = node, {"w": 1.0}
            node.items["again"] = node.items
        """
        found = watched(observe, code, "*.node.node.items", "node.items")
        assert set(found) == {"node.node.node.items", "node.items"}

    def test_leaves_of_passes_have_the_names_that_are_watched(self, observe: Observer) -> None:
        code = """
            import torch
            class Line:
                def __init__(self):
                    self.w = torch.ones(2, requires_grad=True)
                def fit(self):
                    (self.w * 3).sum().backward()
            line, params = Line(), [torch.ones(1, requires_grad=True)]
            line.fit()
            params[0].sum().backward()
        """
        observation = observe(code, probes=Probes(names=("*.w", "params[0]")))
        first, second = events(observation, Backward)
        assert [leaf.names for leaf in (*first.leaves, *second.leaves)] == [("self.w", "line.w"), ("params[0]",)]
        assert [leaf.names for leaf in events(observe(code), Backward)[0].leaves] == [()]


class TestLists:
    def test_numbers_are_one_array(self, observe: Observer) -> None:
        code = """
            import numpy, torch
            losses = [3, 2.5, numpy.float64(2.0), torch.tensor(1.5, requires_grad=True)]
            counts, nothing, pair = (1, 2), [], [1.0, torch.ones(2)]
        """
        found = bound_last(observe(code, probes=Probes(names=("losses", "counts", "nothing", "pair"))))
        losses, counts, nothing = found["losses"], found["counts"], found["nothing"]
        assert isinstance(losses, Array)
        assert isinstance(counts, Array)
        assert isinstance(nothing, Array)
        assert (losses.kind, losses.dtype, losses.requires_grad) == ("list", "float32", True)
        assert (values(losses), values(counts), counts.dtype, nothing.shape) == (
            [3.0, 2.5, 2.0, 1.5],
            [1, 2],
            "int64",
            (0,),
        )
        assert plain(found["pair"]) == [1.0, [1.0, 1.0]]

    def test_what_is_no_number_is_none_of_an_array(self, observe: Observer) -> None:
        code = """
            class Number(float):
                def __float__(self):
                    print("ran __float__")
            flags, words, own, huge = [True, False], ["a"], [Number(1)], [10**400, 1]
        """
        found = bound_last(observe(code, probes=Probes(names=("flags", "words", "own", "huge"))))
        assert all(isinstance(value, Structure) for value in found.values())
        assert plain(found["flags"]) == ["True", "False"]

    def test_a_list_that_grows_is_recorded_at_the_end_of_the_loop_and_within_bounds(self, observe: Observer) -> None:
        code = """
            losses, long = [], []
            for step in range(3000):
                losses.append(step / 2)
            for step in range(1_000_000):
                long.append(step)
            last = 1.0
        """
        observation = observe(code, probes=Probes(names=("losses", "long", "last")))
        found = bound_last(observation)
        assert len(events(observation, ChangedNames)) == 4
        losses, long = found["losses"], found["long"]
        assert isinstance(losses, Array)
        assert isinstance(long, Array)
        assert (values(losses)[-1], long.shape, long.data) == (1499.5, (1_000_000,), None)

    def test_a_list_is_read_a_bounded_number_of_times(self, observe: Observer) -> None:
        code = "losses = [0.0] * 49_000\n" + "losses[0] += 1.0\n" * 100
        losses = bound_last(observe(code, probes=Probes(names=("losses",))))["losses"]
        assert isinstance(losses, Array)
        assert (losses.shape, losses.data) == ((49_000,), None)

    def test_a_long_list_that_stays_as_it_is_keeps_its_values(self, observe: Observer) -> None:
        code = "losses = [0.5] * 30_000\n" + "step = 1\n" * 100
        losses = bound_last(observe(code, probes=Probes(names=("losses",))))["losses"]
        assert isinstance(losses, Array)
        assert losses.data is not None


class TestStructures:
    def test_what_a_name_is_bound_to_is_recorded_with_what_is_in_it(self, observe: Observer) -> None:
        code = """
            import torch
            grads = [torch.ones(2), torch.zeros(1)]
            cache = {"x": torch.ones(1), "more": (1.0, "text")}
            net = torch.nn.Linear(1, 1, bias=False)
            torch.nn.init.ones_(net.weight)
        """
        assert watched(observe, code, "grads", "cache", "net") == {
            "grads": [[1.0, 1.0], [0.0]],
            "cache": {"x": [1.0], "more": [1.0, "text"]},
            "net": {"weight": [[1.0]]},
        }

    def test_what_does_not_change_takes_no_room_of_the_record(self) -> None:
        with Path(os.devnull).open("wb") as out:
            stream = Stream(out.fileno())
            names = WatchedNames(stream, ("weights",))
            space = {"weights": [torch.ones(3) for _ in range(200)]}
            first, counts = names.changes("", space, ()), stream.counts
            again = names.changes("", space, ())
        assert first is not None
        assert (again, stream.counts, counts) == (None, counts, (200, 600))

    def test_an_object_of_an_own_class_is_known_by_its_type_only(self, observe: Observer) -> None:
        found = bound_last(observe("class Own: pass\nown = Own()\n", probes=Probes(names=("own",))))
        assert found["own"] == Opaque(kind="other", text="Own")
