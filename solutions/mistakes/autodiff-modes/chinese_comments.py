# 正向模式还是反向模式
# M1：b
# M2：a
# M3：a
# M4：a
# M5：b
# 1. 反向模式必须把所有中间变量和计算图保存下来，等反向传播回来时使用。
# 2. 正向模式的代价与输入的个数 n 成正比，反向模式的代价与输出的个数 m 成正比。
# 3. 例如只有时间一个输入、有很多输出的轨迹，用正向模式更好。
import torch

f = lambda t: torch.stack([t.cos(), t.sin(), t ** 2])
print(torch.func.jacfwd(f)(torch.tensor(0.5)))
