import torch


def second_pass_fails():
    x = torch.randn(3, requires_grad=True)
    y = torch.sum(x ** 2)
    y.backward()
    try:
        y.backward()
    except RuntimeError as e:
        print("failed as expected:", str(e)[:50])


def three_passes():
    x = torch.randn(3, requires_grad=True)
    y = torch.sum(x ** 2)
    for i in range(3):
        y.backward(retain_graph=True)
        print(i + 1, "pass(es):", x.grad)


def main():
    torch.manual_seed(1)
    second_pass_fails()
    three_passes()


if __name__ == "__main__":
    main()
