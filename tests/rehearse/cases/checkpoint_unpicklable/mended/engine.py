import os

import torch
import torch.nn.functional as F


class Engine:
    def __init__(self, config, model, batches):
        self.config, self.model, self.batches = config, model, batches
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, config.schedule)
        self.step = 0

    def run(self):
        for inputs, labels in self.batches:
            loss = self.training_step(inputs, labels)
            self.step += 1
            if self.step % 200 == 0:
                print(f"step {self.step} loss {loss:.4f}")
            if self.step % self.config.save_every == 0:
                self.save()
            if self.step >= self.config.max_steps:
                break

    def training_step(self, inputs, labels):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(inputs), labels)
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    def save(self):
        os.makedirs("checkpoints", exist_ok=True)
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "rng": torch.get_rng_state(),
            "config": {k: v for k, v in vars(self.config).items() if k != "schedule"},
        }
        torch.save(state, f"checkpoints/step_{self.step:06d}.pt")

    def load(self, path):
        state = torch.load(path)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        torch.set_rng_state(state["rng"])
