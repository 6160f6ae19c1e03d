"""Environments of gymnasium in the middle of an episode, with wrappers."""

import gymnasium as gym
import numpy as np

envs = [
    gym.make("CartPole-v1"),
    gym.wrappers.TimeLimit(gym.make("Taxi-v4" if "Taxi-v4" in gym.registry else "Taxi-v3"), 9),
    gym.make("FrozenLake-v1"),
    gym.make("Acrobot-v1"),
    gym.wrappers.NormalizeObservation(gym.make("Pendulum-v1")),
    gym.make("MountainCar-v0", max_episode_steps=7),
    gym.make("CliffWalking-v1"),
    gym.wrappers.RecordEpisodeStatistics(gym.make("Blackjack-v1")),
]
for number, env in enumerate(envs):
    env.reset(seed=number)
    env.action_space.seed(number)
for step in range(12):
    for env in envs:
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        print(step, env.spec.id, np.asarray(observation).tolist(), float(reward), terminated, truncated)
        if terminated or truncated:
            print("reset", env.reset()[0], info.get("episode", {}).get("r"))
for env in envs:
    env.close()
del envs, env, info  # statistics of episodes hold times
