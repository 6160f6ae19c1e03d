"""Trust-region policy update with the KL divergence by hand, p * (log p - log q): both policies
have -inf for illegal actions, and -inf - (-inf) is NaN. Known from PPO with action masks; taking
the difference only where the action is legal cures it."""

import copy

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


def log_policy(net, state, legal):
    return torch.log_softmax(net(state).masked_fill(~legal, float("-inf")), dim=-1)


def kl(new, old):
    ratio = old - new  # BLAME inf-minus-inf forward
    return (old.exp() * ratio).sum(-1).mean()


class Learner:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 5))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=3e-3)

    def update(self, state, legal, action, advantage, epochs=4):
        old = copy.deepcopy(self.net).requires_grad_(False)
        before = log_policy(old, state, legal)
        for _ in range(epochs):
            now = log_policy(self.net, state, legal)
            gain = now.gather(1, action[:, None])[:, 0] * advantage
            loss = -gain.mean() + 0.5 * kl(now, before)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item()


learner = Learner()
for iteration in range(20):
    state = torch.randn(32, 8)
    legal = torch.ones(32, 5, dtype=torch.bool)
    if iteration >= 5:
        legal[:, 4] = state[:, 0] > 0
    action = torch.randint(0, 4, (32,))
    print(iteration, learner.update(state, legal, action, torch.randn(32)))
