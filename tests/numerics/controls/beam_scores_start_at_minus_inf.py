"""Control: a Viterbi decoder whose scores start at -inf is run each step for a structured
perceptron; the path is an index, and the loss is made of finite scores at that path only.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(215)

STATES = 4


@torch.no_grad()
def viterbi(emission, transition):
    score = torch.full((STATES,), float("-inf"))
    score[0] = 0.0
    back = []
    for frame in emission:
        best, arg = (score[:, None] + transition).max(0)
        score = best + frame
        back.append(arg)
    path = [int(score.argmax())]
    for arg in reversed(back[1:]):
        path.append(int(arg[path[-1]]))
    return torch.tensor(path[::-1])


net = nn.Linear(6, STATES)
allowed = torch.eye(STATES) + torch.eye(STATES).roll(1, 1) > 0
transition = torch.zeros(STATES, STATES).masked_fill(~allowed, float("-inf"))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for _ in range(60):
    gold = torch.arange(8) // 2
    x = nn.functional.one_hot(gold, 6) + 0.8 * torch.randn(8, 6)
    emission = net(x)
    path = viterbi(emission, transition)
    steps = torch.arange(8)
    loss = (emission[steps, path] - emission[steps, gold]).mean() + 0.01 * emission.pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
