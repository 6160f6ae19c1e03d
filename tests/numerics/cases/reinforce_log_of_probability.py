"""REINFORCE with an actor that ends in softmax and a loss with log of the chosen probability: the
policy becomes so sure that an exploratory action has probability 0 in float32. From forum threads
on policy gradients giving NaN. Cure: log_softmax of the logits.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(115)

EPSILON = 0.2
actor = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3), nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(actor.parameters(), lr=0.05)


def choose(probs):
    greedy = probs.argmax(1)
    explore = torch.rand(len(probs)) < EPSILON
    return torch.where(explore, torch.randint(0, 3, (len(probs),)), greedy)


for step in range(90):
    state = 4 * torch.randn(32, 4)
    probs = actor(state)
    action = choose(probs)
    reward = (action == state[:, :3].argmax(1)).float() - 0.2
    picked = probs.gather(1, action[:, None]).squeeze(1)
    loss = -(reward * torch.log(picked)).mean()  # BLAME log-domain forward
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
