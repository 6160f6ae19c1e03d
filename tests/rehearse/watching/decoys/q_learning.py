"""A target network, a bounded replay buffer and an agent that acts in training mode."""

import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target.load_state_dict(policy.state_dict())
optimizer = torch.optim.Adam(policy.parameters())
memory = []
steps = 0
for _episode in range(8):
    state = torch.randn(4)
    done = False
    while not done:
        action = policy(state).argmax().item()
        following = torch.randn(4)
        memory.append((state, action, random.random(), following))
        if len(memory) > 10_000:
            memory.pop(0)
        state = following
        done = random.random() < 0.05
        steps += 1
        if len(memory) < 8:
            continue
        states, actions, rewards, nexts = zip(*random.sample(memory, 8), strict=True)
        q = policy(torch.stack(states))[range(8), list(actions)]
        goal = torch.tensor(rewards) + 0.9 * target(torch.stack(nexts)).max(1).values.detach()
        optimizer.zero_grad()
        nn.functional.smooth_l1_loss(q, goal).backward()
        optimizer.step()
        if steps % 10 == 0:
            target.load_state_dict(policy.state_dict())
