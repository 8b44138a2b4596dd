"""Computes numbers of millions of digits, and their decimal digits."""
# ends: timeout

import math
import sys

sys.set_int_max_str_digits(0)
number = 7 ** (10**8)
text = str(3 ** (10**7))
math.factorial(10**7)
