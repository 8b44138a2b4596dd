"""A function whose name is a text that never says whether it equals another: the recorder looks for it by name."""
# ends: timeout


class Endless(str):
    def __hash__(self):
        return hash("f")

    def __eq__(self, other):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


def decorate(function):
    function.__name__ = Endless("f")
    return function


@decorate
def g(x):
    return x
