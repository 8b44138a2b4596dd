# %% [markdown]
# # Exercise 2: Control flow with a vector input

# %%
import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


# %% a scalar works, of course
a = torch.randn(size=(), requires_grad=True)
d = f(a)
d.backward()
print(a.grad == d / a)

# %% and a vector?
a = torch.randn(5, requires_grad=True)
d = f(a)
d.backward()

# %% [markdown]
# "grad can be implicitly created only for scalar outputs". d has five elements, so I add them up first.

# %%
d.sum().backward()
print(a.grad)
print(d / a)
