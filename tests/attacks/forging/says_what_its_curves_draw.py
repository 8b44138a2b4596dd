"""Says of its curves which gradients they draw: of passes that never were, by numbers that are none, in strange types."""
# ends: completed, crashed

import gc

import matplotlib.pyplot as plt
import torch

found = {
    type(each).__name__: each for each in gc.get_objects() if str(type(each).__module__).startswith("grader_runtime")
}
recorder, uses = found["Recorder"], found.get("GradientUses")
x = torch.linspace(0, 6.3, 50)
curve = {
    "axes": 0,
    "x": recorder.stream.array(x.numpy().astype("float64")),
    "y": recorder.stream.array(torch.cos(x).numpy().astype("float64")),
    "label": "",
    "default_x": False,
    "place": recorder.place(),
    "token": 1,
}
for claim in ({"untouched": True}, {"gradient": 1}, {"gradient": -1, "untouched": True}, {"gradient": 10**30}):
    recorder.send(
        "figure", place=recorder.place(), curves=[curve | claim], titles=[], labels=[], legend=[]
    )
if uses is not None:
    fake = torch.zeros(50, requires_grad=True)
    fake.grad = torch.cos(x)
    uses._note_left(fake)
    plt.plot(x, fake.grad)
    plt.show()
recorder.send(
    "figure",
    place=recorder.place(),
    curves=[curve | {"untouched": "yes", "gradient": [1]}],
    titles=[],
    labels=[],
    legend=[],
)
