"""Objects that run code wherever somebody asks them, or their classes, for a part. Names of parts are read past it."""

import collections

import torch


class Meta(type):
    @property
    def __mro__(cls):
        breach("a property of a metaclass ran")

    @property
    def __dict__(cls):
        breach("a property of a metaclass ran")

    def __instancecheck__(cls, value):
        breach("__instancecheck__ ran")

    def __hash__(cls):
        breach("a class was hashed")

    def __eq__(cls, other):
        breach("a class was compared")


class Asked(metaclass=Meta):
    __slots__ = ("slot",)

    def __getattribute__(self, name):
        breach(f"__getattribute__ ran for {name}")

    def __getattr__(self, name):
        breach("__getattr__ ran")

    def __getitem__(self, key):
        breach("__getitem__ ran")

    __class__ = property(lambda self: breach("__class__ was asked"))
    __dict__ = property(lambda self: breach("__dict__ was asked"))
    w = property(lambda self: breach("a property ran"))


class Descriptor:
    def __get__(self, instance, owner):
        breach("a descriptor ran")


class Holder:
    w = Descriptor()


class Net(torch.nn.Module):
    w = property(lambda self: breach("a property of a module ran"))

    def __getattr__(self, name):
        breach("__getattr__ of a module ran")


class Row(list):
    def __getitem__(self, index):
        breach("__getitem__ of a list ran")

    def __len__(self):
        breach("__len__ of a list ran")

    def __iter__(self):
        breach("__iter__ of a list ran")


class Params(dict):
    def __getitem__(self, key):
        breach("__getitem__ of a dictionary ran")

    def items(self):
        breach("items() ran")

    def get(self, key, default=None):
        breach("get() ran")


class Key(str):
    asked = False

    def __eq__(self, other):
        if Key.asked:
            breach("a key was compared")
        return False

    def __hash__(self):
        return hash("w")


asked, holder, net = Asked(), Holder(), Net.__new__(Net)
rows = [Row([1.0]), asked, Row()]
params = Params()
dict.__setitem__(params, Key("w"), asked)
dict.__setitem__(params, Key("v"), 4.0)
Key.asked = True
again = collections.deque([rows, params, asked])
