import torch


def main():
    t = torch.arange(6.0).reshape(2, 3)
    t.requires_grad = True
    for force in (False, True):
        try:
            print(t.numpy(force=force))
        except RuntimeError as e:
            print("force =", force, "->", e)
    print(t.clone().detach().numpy())


if __name__ == "__main__":
    main()
