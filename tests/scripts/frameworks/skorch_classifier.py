"""skorch's NeuralNetClassifier with callbacks, as the last step of a scikit-learn pipeline."""

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, Checkpoint, EpochScoring, LRScheduler


class Net(torch.nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(6, width), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(width, 2)
        )

    def forward(self, x):
        return torch.softmax(self.layers(x), -1)


class Printer(Callback):
    def on_batch_end(self, net, batch=None, training=None, **kwargs):
        print("batch", len(net.history), training, f"{net.history[-1]['batches'][-1]}"[:40])

    def on_epoch_end(self, net, **kwargs):
        row = net.history[-1]
        print("epoch", row["epoch"], f"{row['train_loss']:.6f}", f"{row['valid_loss']:.6f}")


def main():
    torch.manual_seed(7)
    np.random.seed(7)
    x = np.random.randn(48, 6).astype(np.float32)
    y = (x.sum(1) > 0).astype(np.int64)
    net = NeuralNetClassifier(
        Net,
        max_epochs=3,
        lr=0.1,
        batch_size=8,
        optimizer=torch.optim.Adam,
        optimizer__lr=0.02,
        iterator_train__shuffle=True,
        callbacks=[
            ("printer", Printer()),
            ("rate", LRScheduler("StepLR", step_size=2)),
            ("f1", EpochScoring("f1", lower_is_better=False)),
            ("checkpoint", Checkpoint(dirname="best", monitor="valid_loss_best")),
        ],
        verbose=0,
    )
    pipeline = Pipeline([("scale", StandardScaler()), ("net", net)])
    pipeline.fit(x, y)
    print(net.history[:, "f1"], pipeline.predict_proba(x[:3]).round(5).tolist())
    net.partial_fit(x, y)
    print(pipeline.score(x, y), [row["event_lr"] for row in net.history])


if __name__ == "__main__":
    main()
