"""Vector environments of gymnasium in one process; a replay buffer in a ring and one in a deque."""

from collections import deque

import gymnasium as gym
import numpy as np

envs = gym.make_vec("CartPole-v1", num_envs=3, vectorization_mode="sync")
envs = gym.wrappers.vector.RecordEpisodeStatistics(envs)
observation, _ = envs.reset(seed=3)
envs.action_space.seed(4)
ring = np.zeros((50, 3, 4), np.float32)
memory = deque(maxlen=20)
random = np.random.default_rng(1)
for step in range(30):
    actions = envs.action_space.sample()
    following, reward, terminated, truncated, info = envs.step(actions)
    ring[step % 50] = following
    memory.append((observation, actions, reward, following, terminated))
    observation = following
    picked = memory[int(random.integers(len(memory)))]
    print(step, following.sum(), reward, terminated, picked[0].sum(), ring.sum(), sorted(info))
envs.close()
del envs, info
