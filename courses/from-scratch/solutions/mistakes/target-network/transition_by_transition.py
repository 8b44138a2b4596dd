import torch


def td(online, target, states, actions, rewards, next_states, ended, gamma):
    errors = []
    for i in range(len(states)):
        goal = rewards[i].clone()
        if not ended[i]:
            goal += gamma * max(target(next_states[i]).tolist())  # plain numbers have no graph
        errors.append(online(states[i])[actions[i]] - goal)
    return torch.stack(errors).pow(2).mean()


def soft(online, target, tau):
    for module, slow in zip(online.modules(), target.modules()):
        for name, parameter in module.named_parameters(recurse=False):
            mixed = (1 - tau) * getattr(slow, name).detach() + tau * parameter.detach()
            setattr(slow, name, torch.nn.Parameter(mixed))
