def answers():
    print("""
    M3) a
    M1) b
    M5) b
    M4) a
    M2) a
    """)
    print(
        "The tape: reverse mode records every operation with its operands. With n inputs and m outputs it needs one "
        "run per output (m reverse sweeps), forward mode one per input, n forward sweeps."
    )


if __name__ == "__main__":
    answers()
