"""Leaves objects behind whose destructors never end, whatever interrupts them."""
# ends: timeout


class Endless:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


at_the_end = Endless()
Endless()
