from collections import deque

import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical

config = {"episodes": 40000, "report_every": 100, "gamma": 0.98, "lr": 2e-3, "max_steps": 60, "seed": 1}


class Cliff:
    """Walk along a line to the right end, without being blown off."""

    def __init__(self, rng, length=12):
        self.rng, self.length = rng, length

    def reset(self):
        self.x, self.t = 0.0, 0
        return self.observe()

    def observe(self):
        return torch.tensor([self.x / self.length, self.t / config["max_steps"]], dtype=torch.float32)

    def step(self, action):
        self.x += (-1.0, 0.0, 1.0)[action] + self.rng.normal(0, 0.3)
        self.t += 1
        if self.x < -2:
            return self.observe(), -10.0, True
        if self.x >= self.length:
            return self.observe(), 10.0, True
        return self.observe(), -0.1, self.t >= config["max_steps"]


class Agent:
    def __init__(self):
        self.policy = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 3))
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=config["lr"])

    def act(self, observation):
        choice = Categorical(logits=self.policy(observation))
        action = choice.sample()
        return action.item(), choice.log_prob(action)

    def learn(self, log_probs, rewards):
        returns, total = [], 0.0
        for reward in reversed(rewards):
            total = reward + config["gamma"] * total
            returns.append(total)
        returns = torch.tensor(returns[::-1])
        returns = (returns - returns.mean()) / (returns.std(unbiased=False) + 1e-6)
        loss = -(torch.stack(log_probs) * returns).sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def play(env, agent):
    observation, done = env.reset(), False
    log_probs, rewards = [], []
    while not done:
        action, log_prob = agent.act(observation)
        observation, reward, done = env.step(action)
        log_probs.append(log_prob)
        rewards.append(reward)
    return log_probs, rewards


if __name__ == "__main__":
    torch.manual_seed(config["seed"])
    env = Cliff(np.random.default_rng(config["seed"]))
    agent = Agent()
    scores = deque(maxlen=500)
    for episode in range(1, config["episodes"] + 1):
        log_probs, rewards = play(env, agent)
        agent.learn(log_probs, rewards)
        scores.append(sum(rewards))
        if episode % config["report_every"] == 0:
            recent = list(scores)[-100:]
            print(f"episode {episode}: mean return {np.mean(recent):.2f}")
