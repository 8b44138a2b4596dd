import torch
# Gradientenstrafe
def strafe(kritiker, echt, falsch, t):
    punkte = torch.lerp(falsch, echt, t).requires_grad_()
    g = torch.autograd.grad(kritiker(punkte).sum(), punkte, create_graph=True)[0]
    laenge = torch.linalg.vector_norm(g, dim=1)
    return torch.mean((laenge - 1) ** 2)

def verlust(kritiker, echt, falsch, t, gewicht):
    # der Kritiker will echte Bilder hoch bewerten
    return kritiker(echt).mean() - kritiker(falsch).mean() + gewicht * strafe(kritiker, echt, falsch, t)

k = torch.nn.Linear(4, 1)
print(verlust(k, torch.ones(3, 4), torch.zeros(3, 4), torch.rand(3, 1), 10))
