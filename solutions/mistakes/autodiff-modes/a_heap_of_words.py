# M1: b
# M2: a
# M3: a
# M4: a
# M5: b
#
# 1. reverse, backward, tape, graph, intermediate, activation, store, save, keep, memory, cache
# 2. forward, reverse, per input, per output, each input, each output, n times, m times
# 3. example
