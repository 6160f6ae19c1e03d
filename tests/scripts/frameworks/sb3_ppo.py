"""stable-baselines3's PPO on CartPole, with a callback."""

import gymnasium as gym
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env


class Printer(BaseCallback):
    def __init__(self):
        super().__init__()
        self.rewards = 0.0

    def _on_step(self):
        self.rewards += float(self.locals["rewards"].sum())
        if self.n_calls % 8 == 0:
            print("step", self.num_timesteps, self.rewards, self.locals["new_obs"].round(4).tolist())
        return True

    def _on_rollout_end(self):
        print("rollout", self.model.rollout_buffer.returns.mean().round(5))


def main():
    env = make_vec_env("CartPole-v1", n_envs=2, seed=3)
    model = PPO("MlpPolicy", env, n_steps=32, batch_size=16, n_epochs=2, seed=3, device="cpu")
    model.learn(192, callback=Printer())
    model.save("model")
    again = PPO.load("model", device="cpu")
    single = gym.make("CartPole-v1")
    observation, _ = single.reset(seed=5)
    for step in range(6):
        action, _ = again.predict(observation, deterministic=True)
        observation, reward, *_ = single.step(action)
        print(step, action, observation.round(5).tolist())


if __name__ == "__main__":
    main()
