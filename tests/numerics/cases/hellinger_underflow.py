"""Topic distillation with the Hellinger distance between two softmaxes, the student checkpointed:
far logits make a probability underflow to exactly 0, where the square root has an infinite
derivative. From distribution-matching losses; a floor under the probabilities cures it."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(12)
torch.set_num_threads(1)


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 6))

    def roots(self, x):
        return self.block(x).softmax(dim=1).sqrt()  # BLAME infinite-derivative backward

    def forward(self, x):
        return checkpoint(self.roots, x, use_reentrant=False)


def hellinger(root_p, root_q):
    return (root_p - root_q).square().sum(dim=1).mean() / 2


student = Student()
teacher = nn.Linear(12, 6).requires_grad_(False)
optimizer = torch.optim.Adam(student.parameters(), lr=0.01)
documents = torch.rand(640, 12)
documents[265] *= 5000
for epoch in range(2):
    for x in documents.split(20):
        loss = hellinger(student(x), teacher(x).softmax(1).sqrt())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
