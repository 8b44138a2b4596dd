import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
x.register_post_accumulate_grad_hook(lambda tensor: setattr(tensor, "grad", tensor.grad * 2))
(x * x).sum().backward()
(x * x).sum().backward()
print(x.grad)
