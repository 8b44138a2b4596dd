"""Curves of plots: what they show, and whether autograd computed it."""
