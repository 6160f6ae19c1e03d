"""A call while a tensor with a graph is only an operand of the statement: the variable is dead by
then, the graph is not."""

import torch

torch.manual_seed(0)
weights = torch.linspace(0.5, 1.5, 4)
linear = torch.nn.Linear(4, 4)
optimizer = torch.optim.SGD(linear.parameters(), 0.1)


def extract(values, t):
    picked = values.gather(0, t)
    return picked.reshape(-1, 1)


def losses(x, t):
    loss = linear(x).square()
    loss = loss * extract(weights, t)
    return loss.mean()


for step in range(12):
    x, t = torch.randn(3, 4), torch.randint(0, 4, (3,))
    loss = losses(x, t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, round(loss.item(), 5))
