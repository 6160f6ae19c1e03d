"""accelerate without a trainer: prepare, accumulate, gather, a checkpoint that is read back."""

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch.utils.data import DataLoader, TensorDataset


def make_loader(size, batch):
    x = torch.randn(size, 6)
    y = (x.sum(1) > 0).long()
    return DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True)


def evaluate(accelerator, model, loader):
    model.eval()
    right = count = 0
    for x, y in loader:
        with torch.no_grad():
            guess = model(x).argmax(-1)
        guess, y = accelerator.gather_for_metrics((guess, y))
        right += (guess == y).sum().item()
        count += len(y)
    return right / count


def main():
    accelerator = Accelerator(gradient_accumulation_steps=3, cpu=True, project_dir=".")
    set_seed(7)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    train, test = make_loader(40, 4), make_loader(12, 5)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=40)
    model, optimizer, train, test, scheduler = accelerator.prepare(
        model, optimizer, train, test, scheduler
    )
    step = 0
    for epoch in range(3):
        model.train()
        for x, y in train:
            with accelerator.accumulate(model):
                loss = torch.nn.functional.cross_entropy(model(x), y)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
            step += 1
            rate = scheduler.get_last_lr()[0]
            accelerator.print(epoch, step, f"{loss.item():.6f} {rate:.6f}", accelerator.sync_gradients)
        accelerator.print(epoch, evaluate(accelerator, model, test))
        if epoch == 1:
            accelerator.save_state("state")
    accelerator.load_state("state")
    accelerator.print("loaded", evaluate(accelerator, model, test), accelerator.device)
    accelerator.end_training()


if __name__ == "__main__":
    main()
