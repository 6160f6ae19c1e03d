import torch
import torch.nn.functional as F

from data import make_batch
from network import Detector

EPOCHS = 50
BATCHES = 400


def main():
    torch.manual_seed(0)
    model = Detector()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for epoch in range(EPOCHS):
        model.train()
        sums = {"class": 0.0, "box": 0.0}
        for _ in range(BATCHES):
            images, classes, boxes = make_batch(16)
            logits, found = model(images)
            class_loss = F.cross_entropy(logits, classes)
            box_loss = F.smooth_l1_loss(found, boxes)
            optimizer.zero_grad()
            (class_loss + 5 * box_loss).backward()
            optimizer.step()
            sums["class"] += class_loss.item()
            sums["box"] += box_loss.item()
        print(f"epoch {epoch}", {k: round(v / BATCHES, 4) for k, v in sums.items()})


if __name__ == "__main__":
    main()
