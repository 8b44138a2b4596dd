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


def main():
    torch.manual_seed(9)
    a = torch.randn(5, requires_grad=True)
    d = f(a)

    try:
        d.backward()
    except RuntimeError as e:
        print("as a whole:", e)

    # one element after the other; the gradients add up in a.grad
    for i in range(len(d)):
        d[i].backward(retain_graph=True)
    print(torch.allclose(a.grad, d / a))


if __name__ == "__main__":
    main()
