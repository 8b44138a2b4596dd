import torch
import copy

def loss_fn(online, target, states, actions, rewards, next_states, ended, gamma):
    q = online(states).gather(1, actions[:, None])[:, 0]
    with torch.no_grad():
        best_actions = online(next_states).argmax(1, keepdim=True)
        q_next = target(next_states).gather(1, best_actions)[:, 0]
    goal = rewards + gamma * q_next * (1 - ended)
    return torch.mean((q - goal) ** 2)

def update_target(online, target, tau):
    with torch.no_grad():
        for name, p in target.named_parameters():
            src = dict(online.named_parameters())[name]
            p.copy_(tau * p + (1 - tau) * src)

online = torch.nn.Linear(3, 4)
target = copy.deepcopy(online)
batch = torch.randn(6, 3), torch.randint(0, 4, (6,)), torch.randn(6), torch.randn(6, 3), torch.zeros(6)
print("loss", loss_fn(online, target, *batch, 0.95))
update_target(online, target, 0.5)
