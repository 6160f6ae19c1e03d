"""lightning's Trainer with validation, a checkpoint callback and a test after the training."""

import logging
import sys
import warnings

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Net(L.LightningModule):
    def __init__(self, width=64):
        super().__init__()
        self.net = torch.nn.Sequential(
            torch.nn.Linear(6, width), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(width, 2)
        )

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self(x), y)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch, index):
        x, y = batch
        right = (self(x).argmax(-1) == y).float().mean()
        # in validation
        self.log("right", right)

    def test_step(self, batch, index):
        x, y = batch
        print("test", index, len(x))
        # in test
        self.log("test", (self(x).argmax(-1) == y).float().mean())

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=0.05)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
        return {"optimizer": optimizer, "lr_scheduler": scheduler}


class Late(Callback):
    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        if trainer.global_step == 1700:
            pass  # in step
        if index == 1000:
            print("last batch", len(batch[0]), trainer.global_step)

    def on_train_epoch_end(self, trainer, module):
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        print("epoch", trainer.current_epoch, trainer.global_step, rate)


def main():
    L.seed_everything(7)
    x = torch.randn(5002, 6)
    data = TensorDataset(x, (x.sum(1) > 0).long())
    train, test = torch.utils.data.random_split(data, [4002, 1000])
    best = ModelCheckpoint("best", monitor="right", mode="max", save_last=True)
    trainer = L.Trainer(
        max_epochs=int(sys.argv[1]) if len(sys.argv) > 1 else 5,
        accelerator="cpu",
        callbacks=[Late(), best],
        logger=CSVLogger("logs", name="run"),
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    model = Net()
    trainer.fit(model, DataLoader(train, 4, shuffle=True), DataLoader(test, 6))
    print("trained", trainer.current_epoch, trainer.global_step)
    trainer.save_checkpoint("final.ckpt")
    print(trainer.test(model, DataLoader(test, 6), verbose=False))


if __name__ == "__main__":
    main()
