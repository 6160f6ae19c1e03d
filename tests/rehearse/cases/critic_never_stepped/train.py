"""Advantage actor-critic on a little pendulum."""
import argparse
import math

import torch
from torch import nn
from torch.distributions import Normal


class Pendulum:
    def __init__(self, n):
        self.n = n

    def reset(self):
        self.angle = (torch.rand(self.n) * 2 - 1) * math.pi
        self.speed = torch.zeros(self.n)
        return self.state()

    def state(self):
        return torch.stack([self.angle.cos(), self.angle.sin(), self.speed], 1)

    def step(self, torque):
        torque = torque.clamp(-2, 2)
        self.speed = (self.speed + 0.05 * (15 * self.angle.sin() / 2 + 3 * torque)).clamp(-8, 8)
        self.angle = self.angle + 0.05 * self.speed
        cost = 1 - self.angle.cos() + 0.01 * self.speed ** 2 + 0.001 * torque ** 2
        return self.state(), -cost


def mlp(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, default=5000)
    parser.add_argument("--envs", type=int, default=16)
    parser.add_argument("--horizon", type=int, default=20)
    parser.add_argument("--gamma", type=float, default=0.97)
    args = parser.parse_args()
    torch.manual_seed(1)

    env = Pendulum(args.envs)
    actor, critic = mlp(3, 1), mlp(3, 1)
    log_std = nn.Parameter(torch.zeros(1))
    actor_optimizer = torch.optim.Adam([*actor.parameters(), log_std], lr=3e-4)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)

    for update in range(args.updates):
        state = env.reset()
        log_probs, values, rewards = [], [], []
        for _ in range(args.horizon):
            policy = Normal(actor(state).squeeze(1), log_std.exp())
            action = policy.sample()
            log_probs.append(policy.log_prob(action))
            values.append(critic(state).squeeze(1))
            state, reward = env.step(action)
            rewards.append(reward)

        with torch.no_grad():
            target = critic(state).squeeze(1)
        targets = []
        for reward in reversed(rewards):
            target = reward + args.gamma * target
            targets.insert(0, target)
        advantage = torch.stack(targets) - torch.stack(values)

        actor_loss = -(torch.stack(log_probs) * advantage.detach()).mean()
        critic_loss = advantage.pow(2).mean()
        actor_optimizer.zero_grad()
        actor_loss.backward()
        actor_optimizer.step()
        critic_optimizer.zero_grad()
        critic_loss.backward()  # fault

        if update % 100 == 0:
            mean = torch.stack(rewards).mean().item()
            print(f"update {update}: reward {mean:.3f} critic loss {critic_loss.item():.3f}")


if __name__ == "__main__":
    main()
