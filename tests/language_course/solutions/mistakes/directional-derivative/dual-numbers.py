import torch
import torch.autograd.forward_ad as forward

x, v = torch.tensor([1.2, 0.3, -0.8], dtype=torch.float64), torch.tensor([0.0, 1.0, 1.0], dtype=torch.float64)
with forward.dual_level():
    dual = forward.make_dual(x, v)
    primal, tangent = forward.unpack_dual(dual[0].sin() * dual[1] + dual[2].square())
print(tangent)
