"""Left-to-right HMM in log space: the recursion adds "stay" and "move" scores by torch.logaddexp.
States that cannot be reached yet hold -inf, and logaddexp(-inf, -inf) is -inf (right), but its
gradient is exp(-inf - -inf) = NaN. Such states only appear once sequences are long enough to use
the strict topology. Cure: a large finite negative score instead of -inf. Real bug: threads on
torch.logaddexp and logcumsumexp gradients at -inf.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(29)

STATES = 4
emission = nn.Linear(8, STATES)
stay = nn.Parameter(torch.zeros(STATES))
opt = torch.optim.SGD([*emission.parameters(), stay], lr=0.05)


def log_likelihood(obs, strict):
    scores = F.log_softmax(emission(obs), dim=-1)
    log_stay, log_move = F.logsigmoid(stay), F.logsigmoid(-stay)
    start = torch.full((STATES,), float("-inf") if strict else -10.0)
    alpha = torch.cat([torch.zeros(1), start[1:]]) + scores[0]
    for frame in scores[1:]:
        moved = torch.cat([start[:1], (alpha + log_move)[:-1]])
        alpha = torch.logaddexp(alpha + log_stay, moved) + frame  # BLAME inf-minus-inf backward
    return alpha[-1]


for step in range(60):
    strict = step >= 15
    obs = torch.randn(10 if strict else 6, 8)
    loss = -log_likelihood(obs, strict) / len(obs)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
