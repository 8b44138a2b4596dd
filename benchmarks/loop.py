"""A loop of many backward passes: what recording them costs, against the same loop in a bare interpreter.

    python benchmarks/loop.py [--passes 10000] [--rounds 3] [--only training]

Both take the processor time of the loop statement themselves, so that starting up is not counted and other work on the
machine matters little. Prints the ratio of the medians, each round one after the other.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

LOOPS = {
    "zeroing": """
w = torch.tensor([1.0, 2.0], requires_grad=True)
BEGIN
for step in range(PASSES):
    loss = (w * w).sum()
    loss.backward()
    w.grad.zero_()
END
""",
    "descent": """
w, b = torch.randn(2, requires_grad=True), torch.zeros(1, requires_grad=True)
X, t = torch.randn(32, 2), torch.randn(32)
BEGIN
for step in range(PASSES):
    loss = ((X @ w + b - t) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        b -= 0.01 * b.grad
        w.grad.zero_()
        b.grad.zero_()
END
""",
    "points": """
slopes = []
BEGIN
for value in torch.linspace(-3, 3, PASSES):
    x = value.clone().requires_grad_(True)
    y = torch.sin(x)
    y.backward()
    slopes.append(x.grad.item())
END
""",
    "grad": """
slopes = []
BEGIN
for value in np.linspace(-3, 3, PASSES):
    x = torch.tensor(value, requires_grad=True)
    slopes.append(torch.autograd.grad(torch.sin(x), x)[0].item())
END
""",
    "function": """
def slope(value):
    x = torch.tensor(value, requires_grad=True)
    y = x ** 2 + 3 * x
    y.backward()
    return x.grad.item()

BEGIN
slopes = [slope(float(step)) for step in range(PASSES)]
END
""",
    "network": """
net = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
X, t = torch.randn(64, 4), torch.randn(64, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
BEGIN
for step in range(PASSES):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(net(X), t)
    loss.backward()
    optimizer.step()
END
""",
}
"""Loops by name. BEGIN and END are replaced by the taking of the time."""

CLOCK = {"BEGIN": "began = time.process_time()", "END": "print('took', time.process_time() - began)"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=10_000, help="passes of each loop (default: 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--only", choices=LOOPS, help="this loop alone")
    options = parser.parse_args()
    for name in [options.only] if options.only else LOOPS:
        code = code_of(name, options.passes)
        native, recorded = [], []
        for _ in range(options.rounds):
            native.append(run_natively(code))
            recorded.append(run_recorded(code))
        ratio = statistics.median(recorded) / statistics.median(native)
        each = statistics.median(native) / options.passes * 1e6
        row(f"7  {name}: {options.passes} passes recorded / natively ({each:.0f} µs each)", ratio, "at most 2 ×")


def code_of(name: str, passes: int) -> str:
    code = LOOPS[name].replace("PASSES", str(passes))
    for mark, line in CLOCK.items():
        code = code.replace(mark, line)
    return "import time\nimport numpy as np\nimport torch\n" + code


def run_natively(code: str) -> float:
    code = f"import torch\ntorch.set_num_threads(1)\n{code}"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ}, capture_output=True, check=True, text=True)
    return seconds_in(done.stdout)


def run_recorded(code: str) -> float:
    from grader.model import Cell, Job, Limits, Output
    from grader.sandbox.sandbox import Sandbox
    from grader.sandbox.worker_handle import WorkerHandle

    sandbox = Sandbox(WorkerHandle.start(), WorkerHandle.start)
    try:
        job = Job(
            cells=(Cell(number=None, source=code, code=code),),
            format="py",
            file_name="loop.py",
            seed=0,
            limits=Limits(wall_s=300),
        )
        observation = sandbox.run(job).observation
    finally:
        sandbox.close()
    text = "".join(event.text for event in observation.events if isinstance(event, Output))
    assert "took" in text, observation.detail
    return seconds_in(text)


def seconds_in(text: str) -> float:
    return float(text.split("took", 1)[1].split()[0])


def row(what: str, value: float, goal: str) -> None:
    print(f"{what:<70}{value:8.2f} ×   goal: {goal}", flush=True)


if __name__ == "__main__":
    main()
