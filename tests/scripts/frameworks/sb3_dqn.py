"""stable-baselines3's DQN with its replay buffer, an environment of its own and an evaluation."""

import gymnasium as gym
import numpy as np
from stable_baselines3 import DQN
from stable_baselines3.common.callbacks import BaseCallback, EvalCallback
from stable_baselines3.common.monitor import Monitor


class Walk(gym.Env):
    """Walk to the right end of a line."""

    observation_space = gym.spaces.Box(-1.0, 1.0, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.time = self.np_random.uniform(-0.2, 0.2), 0
        return self._observation(), {}

    def step(self, action):
        self.time += 1
        self.place += (0.1 if action else -0.1) + self.np_random.normal(0, 0.02)
        done = abs(self.place) > 0.5
        reward = 1.0 if self.place > 0.5 else -0.01
        return self._observation(), reward, done, self.time >= 20, {}

    def _observation(self):
        return np.array([self.place, self.time / 20], np.float32)


class Printer(BaseCallback):
    def _on_step(self):
        if self.n_calls % 20 == 0:
            rate = self.model.exploration_rate
            print("step", self.num_timesteps, f"{rate:.4f}", self.model.replay_buffer.size())
        return True


def main():
    env = Monitor(Walk(), "monitor.csv")
    model = DQN(
        "MlpPolicy", env, learning_starts=30, buffer_size=200, batch_size=16, train_freq=4,
        target_update_interval=40, policy_kwargs={"net_arch": [16]}, seed=3, device="cpu",
    )
    evaluation = EvalCallback(
        Monitor(Walk()), eval_freq=60, n_eval_episodes=2, verbose=0, best_model_save_path="best"
    )
    evaluation.eval_env.seed(5)
    model.learn(240, callback=[Printer(), evaluation])
    print(f"{evaluation.best_mean_reward:.5f} {evaluation.last_mean_reward:.5f}")
    print([round(sum(episode["r"] for episode in model.ep_info_buffer), 4)])
    with open("monitor.csv") as file:
        print(len(file.readlines()))


if __name__ == "__main__":
    main()
