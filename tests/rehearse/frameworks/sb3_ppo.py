"""stable-baselines3's PPO with an evaluation callback and checkpoints."""

import sys

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, CheckpointCallback, EvalCallback


class Late(BaseCallback):
    def _on_step(self):
        return True

    def _on_rollout_end(self):
        if self.num_timesteps > 30000:
            pass  # in rollout
        print("rollout", self.n_calls, self.num_timesteps)


def main():
    torch.manual_seed(7)
    model = PPO("MlpPolicy", "CartPole-v1", n_steps=512, seed=7, device="cpu")
    callbacks = [
        Late(),
        CheckpointCallback(5000, "checkpoints"),
        EvalCallback(model.env, eval_freq=5000, verbose=1, n_eval_episodes=2),
    ]
    model.learn(int(sys.argv[1]) if len(sys.argv) > 1 else 40000, callback=callbacks)
    print("trained", model.num_timesteps)
    model.save("final")


if __name__ == "__main__":
    main()
