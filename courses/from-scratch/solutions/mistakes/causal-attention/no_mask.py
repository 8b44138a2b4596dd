import torch
import torch.nn.functional as F

# scaled dot product attention, softmax(QK^T / sqrt(d)) V
def attention(Q, K, V):
    d_k = Q.size(-1)
    scores = torch.matmul(Q, K.transpose(-2, -1)) / d_k**0.5
    attn = F.softmax(scores, dim=-1)
    return torch.matmul(attn, V)


Q = torch.rand(6, 8, requires_grad=True)
out = attention(Q, torch.rand(6, 8), torch.rand(6, 8))
out.sum().backward()
print(out.shape, Q.grad)
