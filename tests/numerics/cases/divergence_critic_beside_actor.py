"""Actor and critic, each with an optimizer of its own, and a critic whose step size is far too
large for its features: its values grow by a factor each step until they overflow, while the actor
beside it hardly moves. No operation is to blame; a lower learning rate of the critic cures it."""

import torch
from torch import nn

torch.manual_seed(8)
torch.set_num_threads(1)


class Corridor:
    def __init__(self, states=10, width=5):
        self.features = 3 * torch.randn(states, width)
        self.states = states

    def step(self, states, moves):
        after = (states + moves * 2 - 1).clamp(0, self.states - 1)
        return after, (after == self.states - 1).float()


env = Corridor()
critic = nn.Linear(5, 1)
actor = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 2))
critic_optimizer = torch.optim.SGD(critic.parameters(), lr=0.3)
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-4)
gamma = 0.95
for _ in range(90):
    states = torch.randint(0, env.states, (32,))
    policy = torch.distributions.Categorical(logits=actor(env.features[states]))
    moves = policy.sample()
    after, reward = env.step(states, moves)
    with torch.no_grad():
        target = reward + gamma * critic(env.features[after])[:, 0]
    values = critic(env.features[states])[:, 0]
    critic_optimizer.zero_grad()
    (0.5 * (target - values).square().mean()).backward()
    critic_optimizer.step()  # BLAME divergence optimizer

    advantage = (target - values).detach()
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-6)
    actor_optimizer.zero_grad()
    (-policy.log_prob(moves) * advantage).mean().backward()
    actor_optimizer.step()
