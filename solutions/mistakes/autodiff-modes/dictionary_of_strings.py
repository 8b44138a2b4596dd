# Forward mode or reverse mode
answers = {
    "M1": "M1: b",
    "M2": "M2: a",
    "M3": "M3: a",
    "M4": "M4: a",
    "M5": "M5: b",
    "1": "Reverse mode has to remember the intermediate values, and how they hang together (the computational graph).",
    "2": "Forward mode: n sweeps, one per input. Reverse mode: m sweeps, one per output.",
    "3": "Sensitivity of a whole curve to one parameter.",
}
for name, answer in answers.items():
    print(answer)
