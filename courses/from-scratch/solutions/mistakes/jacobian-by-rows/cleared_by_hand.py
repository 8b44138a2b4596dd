import torch


class Jacobian:
    """J[i, j] = d out_i / d in_j"""

    def of(self, f, x):
        leaf = torch.tensor(x.tolist(), requires_grad=True)
        out = f(leaf)
        J = torch.empty(out.shape[0], leaf.shape[0])
        for i in range(out.shape[0]):
            if leaf.grad is not None:
                leaf.grad.zero_()
            out[i].backward(retain_graph=True)
            J[i] = leaf.grad
        return J


def model(w):
    return torch.tanh(torch.tensor([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]]) @ w)


w = torch.tensor([0.3, -0.2])
J_rows = Jacobian().of(model, w)
J_auto = torch.autograd.functional.jacobian(model, w)
print(J_rows, J_auto, sep="\n")
torch.testing.assert_close(J_rows, J_auto)
