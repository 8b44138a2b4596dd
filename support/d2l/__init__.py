"""A small stand-in for the `d2l` package of Dive into Deep Learning: `from d2l import torch as d2l` works uninstalled.

It has what notebooks about calculus and automatic differentiation use. It is not that package and shares no code with
it: the functions do what the book says of them.
"""
