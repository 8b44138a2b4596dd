import torch

vektor = torch.linspace(-1, 2, 7, dtype=torch.float64, requires_grad=True)
assert vektor.grad is None
ergebnis = 2 * (vektor @ vektor)
ergebnis.backward()
assert torch.allclose(vektor.grad, 4 * vektor)
