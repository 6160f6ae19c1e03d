"""Vector environments of gymnasium in processes: each process's episode, its random numbers and its wrappers go on."""

import random

import gymnasium as gym
import numpy as np
from gymnasium.utils import EzPickle


class Walk(gym.Env, EzPickle):
    """Draws from every generator there is; as an EzPickle it would be pickled as it was made."""

    observation_space = gym.spaces.Dict({"at": gym.spaces.Box(-99, 99, (2,), np.float64)})
    action_space = gym.spaces.Discrete(3)

    def __init__(self, length):
        EzPickle.__init__(self, length)
        self.length = length

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.at = 0, self.np_random.random(2)
        return {"at": self.at.copy()}, {"fresh": True}

    def step(self, action):
        self.steps += 1
        self.at += [action + random.random(), np.random.rand() * self.np_random.random()]
        ended = self.steps >= self.length
        return {"at": self.at.copy()}, float(self.at.sum()), ended, False, {"steps": self.steps}


def seeded(length):
    def make():
        random.seed(length)
        np.random.seed(length)
        limited = gym.wrappers.TimeLimit(Walk(length), 9)
        return gym.wrappers.TimeAwareObservation(gym.wrappers.FlattenObservation(limited))

    return make


poles = gym.make_vec("CartPole-v1", num_envs=2, vectorization_mode="async")
walks = gym.vector.AsyncVectorEnv(
    [seeded(4), seeded(3)], shared_memory=False, autoreset_mode=gym.vector.AutoresetMode.SAME_STEP
)
next_step = gym.vector.AsyncVectorEnv([seeded(3), seeded(2)])
counted = gym.wrappers.vector.RecordEpisodeStatistics(poles)
counted.reset(seed=3)
poles.action_space.seed(4)
walks.reset(seed=5)
next_step.reset(seed=6)
actions = np.random.default_rng(1)
for step in range(12):
    at, reward, terminated, _, info = counted.step(poles.action_space.sample())
    print(step, at.round(9).tolist(), reward, terminated, sorted(info))
    for vector in (walks, next_step):
        at, reward, terminated, _, info = vector.step(actions.integers(3, size=2))
        print(at.tolist(), reward, terminated, info.get("steps"))
    if step == 6:
        mask = np.array([True, False])
        print(walks.reset(options={"reset_mask": mask})[0].tolist())
    print(walks.get_attr("steps"), next_step.observations.sum())
walks.close()
print(walks.closed, next_step.closed)
for vector in (counted, next_step):
    vector.close()
del poles, walks, next_step, counted, vector, info
