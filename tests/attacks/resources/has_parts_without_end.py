"""Objects, lists and dictionaries that hold themselves or a million of others, under names whose parts are watched."""

import torch


class Node:
    pass


node = Node()
node.w = node.v = node
many = [Node() for _ in range(100_000)]
for number, one in enumerate(many):
    one.w, one.next = many, many[number - 1]
params = {f"k{number}": many for number in range(100_000)}
params["w"] = params
rows = [[]]
rows[0] += [rows] * 1000
rows *= 1000
slope = []
x = torch.tensor(2.0, requires_grad=True)
for step in range(200_000):
    slope.append(step)
    if step % 10_000 == 0:
        (x * x).backward()
slopes = [slope] * 10_000
for number in range(2_000):
    globals()[f"holder_{number}"] = Node()
    globals()[f"holder_{number}"].w = slope
