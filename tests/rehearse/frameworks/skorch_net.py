"""skorch's net with validation, a checkpoint and a scoring callback."""

import sys

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, Checkpoint, EpochScoring, LRScheduler


class Late(Callback):
    def __init__(self):
        self.seen = 0

    def on_batch_end(self, net, training, batch, **kwargs):
        self.seen += training
        if self.seen == 1700:
            pass  # in step
        if training and len(batch[0]) != 4:
            print("last batch", len(batch[0]), self.seen)

    def on_epoch_end(self, net, **kwargs):
        print("epoch", len(net.history))


class Net(torch.nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(6, width), torch.nn.ReLU(), torch.nn.Linear(width, 2)
        )

    def forward(self, x):
        return self.layers(x)


def main():
    torch.manual_seed(7)
    x = np.random.default_rng(7).normal(size=(5002, 6)).astype("float32")
    y = (x.sum(1) > 0).astype("int64")
    net = NeuralNetClassifier(
        Net,
        criterion=torch.nn.CrossEntropyLoss,
        max_epochs=int(sys.argv[1]) if len(sys.argv) > 1 else 10,
        batch_size=4,
        optimizer=torch.optim.Adam,
        callbacks=[
            Late(),
            Checkpoint(dirname="checkpoints"),
            EpochScoring("roc_auc", lower_is_better=False),
            LRScheduler("StepLR", step_size=3),
        ],
    )
    net.fit(x, y)
    print("trained", len(net.history))
    net.save_params(f_params="final.pt")
    print("right", (net.predict(x[:100]) == y[:100]).mean() > 0.5)


if __name__ == "__main__":
    main()
