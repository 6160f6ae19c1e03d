"""lightning's Trainer with callbacks, a logger, its checkpoints and a validation loop."""

import logging
import warnings

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Net(L.LightningModule):
    def __init__(self, width=8):
        super().__init__()
        self.save_hyperparameters()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(6, width), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(width, 2)
        )
        self.seen = 0

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        x, y = batch
        self.seen += len(x)
        loss = torch.nn.functional.cross_entropy(self(x), y)
        self.log("loss", loss, on_step=True, on_epoch=True)
        print("train", self.current_epoch, index, f"{loss.item():.6f}", self.seen)
        return loss

    def validation_step(self, batch, index):
        x, y = batch
        right = (self(x).argmax(-1) == y).float().mean()
        self.log("right", right)
        print("validate", index, f"{right.item():.4f}")

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=0.05)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
        return {"optimizer": optimizer, "lr_scheduler": scheduler}


class Printer(Callback):
    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        print("  batch", trainer.global_step, f"{rate:.5f}")

    def on_validation_epoch_end(self, trainer, module):
        metrics = {k: round(v.item(), 5) for k, v in sorted(trainer.callback_metrics.items())}
        print("  validated", metrics)


def main():
    L.seed_everything(7)
    x = torch.randn(44, 6)
    data = TensorDataset(x, (x.sum(1) > 0).long())
    train, test = torch.utils.data.random_split(data, [32, 12])
    best = ModelCheckpoint("best", monitor="right", mode="max", save_last=True)
    trainer = L.Trainer(
        max_epochs=3,
        accelerator="cpu",
        callbacks=[Printer(), best, EarlyStopping("right", patience=3, mode="max")],
        logger=CSVLogger("logs", name="run"),
        log_every_n_steps=2,
        accumulate_grad_batches=2,
        gradient_clip_val=1.0,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    model = Net()
    trainer.fit(model, DataLoader(train, 4, shuffle=True), DataLoader(test, 6))
    print(best.best_model_path.rsplit("/", 1)[-1], f"{best.best_model_score.item():.4f}")
    print(trainer.validate(model, DataLoader(test, 6), verbose=False))
    with open("logs/run/version_0/metrics.csv") as file:
        print(file.read())


if __name__ == "__main__":
    main()
