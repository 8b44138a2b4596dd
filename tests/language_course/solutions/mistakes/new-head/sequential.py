from torch import nn

body = nn.Sequential(nn.Linear(6, 5), nn.Tanh()).requires_grad_(False)
model = nn.Sequential(body, nn.Linear(5, 2))
