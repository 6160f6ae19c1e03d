"""Text-proposal detector with anchor regression; an annotation with swapped corners has a negative
height and goes through np.log(gt_h / anchor_h) in the target encoder (text-detection-ctpn,
issue 49). The loss takes what a DataLoader has put together without workers."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

ANCHOR_HEIGHTS = np.array([11.0, 16.0, 23.0, 33.0], dtype=np.float32)


def encode(gt_y, gt_h, anchor_y):
    """Vertical regression targets of one ground-truth box against its best anchor."""
    k = int(np.argmin(np.abs(ANCHOR_HEIGHTS - gt_h)))
    dy = (gt_y - anchor_y) / ANCHOR_HEIGHTS[k]
    with np.errstate(all="ignore"):
        dh = np.log(gt_h / ANCHOR_HEIGHTS[k])
    return k, np.array([dy, dh], dtype=np.float32)


class TextLines(Dataset):
    def __init__(self, n=1200, seed=0):
        rng = np.random.RandomState(seed)
        self.feats = rng.randn(n, 16).astype(np.float32)
        w = rng.randn(16).astype(np.float32) * 0.25
        heights = np.clip(18 * np.exp(self.feats @ w * 0.5), 7, 45)
        y1 = rng.uniform(0, 200, n)
        y2 = y1 + heights
        y1[811], y2[811] = y2[811], y1[811]
        self.y1, self.y2 = y1.astype(np.float32), y2.astype(np.float32)
        self.anchor_y = ((y1 + y2) / 2 + rng.uniform(-4, 4, n)).astype(np.float32)

    def __len__(self):
        return len(self.feats)

    def __getitem__(self, i):
        h = self.y2[i] - self.y1[i]
        k, reg = encode((self.y1[i] + self.y2[i]) / 2, h, self.anchor_y[i])
        return self.feats[i], k, reg


class ProposalHead(nn.Module):
    def __init__(self, dim=16, hidden=64, anchors=4):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()
        )
        self.cls = nn.Linear(hidden, anchors)
        self.reg = nn.Linear(hidden, anchors * 2)

    def forward(self, x):
        h = self.trunk(x)
        return self.cls(h), self.reg(h).view(x.size(0), -1, 2)


def train():
    torch.manual_seed(0)
    loader = DataLoader(TextLines(), batch_size=16, shuffle=False)
    model = ProposalHead()
    opt = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    best = float("inf")
    for epoch in range(2):
        total = 0.0
        for step, (x, k, reg) in enumerate(loader):
            logits, deltas = model(x)
            picked = deltas[torch.arange(len(k)), k]
            cls_loss = F.cross_entropy(logits, k)
            reg_loss = F.smooth_l1_loss(picked, reg)  # BLAME bad-input data
            loss = cls_loss + reg_loss
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
            if step % 15 == 0:
                print(
                    f"epoch {epoch} step {step} cls {cls_loss.item():.3f} reg {reg_loss.item():.3f}"
                )
        if total < best:
            best = total
            print("new best", best / len(loader))


if __name__ == "__main__":
    train()
