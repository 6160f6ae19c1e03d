"""A class driven by fire, its methods chained on the command line."""

import fire
import torch


class Trainer:
    """Trains a line."""

    def __init__(self, lr=0.1, seed=0):
        torch.manual_seed(seed)
        self.model = torch.nn.Linear(4, 1)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)

    def train(self, epochs=2, *names, **options):
        print(epochs, names, options)
        for epoch in range(epochs):
            for step in range(4):
                loss = self.model(torch.randn(8, 4)).square().mean()
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                print(epoch, step, f"{loss.item():.6f}")
        return self

    def evaluate(self, size=3):
        for k in range(size):
            print(k, f"{self.model(torch.full((4,), float(k))).item():.6f}")
        return f"evaluated {size}"


if __name__ == "__main__":
    fire.Fire(Trainer, command="--lr 0.05 --seed 3 train 3 --name=x - evaluate 2")
