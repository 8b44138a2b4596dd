import torch

points = torch.tensor([[0.0, 1.0], [1.0, 3.0], [2.0, 4.0], [3.0, 8.0]])
line = torch.nn.Linear(1, 1)
torch.nn.init.zeros_(line.weight)
torch.nn.init.zeros_(line.bias)
optimizer = torch.optim.SGD(line.parameters(), lr=0.1)
for _ in range(200):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(line(points[:, :1]), points[:, 1:]).backward()
    optimizer.step()
predictions = line(torch.tensor([[4.0], [5.0]])).detach().flatten()
