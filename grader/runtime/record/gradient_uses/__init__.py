"""Tells which gradients a submission uses for nothing but showing and drawing them."""
