"""Distillation with soft targets, -(teacher * log student): tokens banned by a -inf mask have
teacher probability 0 and student log-probability -inf, and 0 * -inf is NaN. From sequence
distillation; F.kl_div's convention, or multiplying only where the target is positive, cures
it."""

import torch
from torch import nn

torch.manual_seed(4)
torch.set_num_threads(1)

VOCAB = 24
teacher = nn.Embedding(VOCAB, VOCAB).requires_grad_(False)
student = nn.Sequential(nn.Embedding(VOCAB, 8), nn.Linear(8, VOCAB))
optimizer = torch.optim.Adam(student.parameters(), lr=0.01)


def constrained(logits, banned):
    return logits.masked_fill(banned, float("-inf"))


def soft_cross_entropy(student_logits, teacher_logits):
    target = teacher_logits.softmax(dim=-1)
    logp = student_logits.log_softmax(dim=-1)
    return -(target * logp).sum(dim=-1).mean()  # BLAME zero-times-inf forward


for step in range(80):
    tokens = torch.randint(0, VOCAB, (16,))
    banned = torch.zeros(16, VOCAB, dtype=torch.bool)
    if step % 20 >= 14:
        banned[torch.arange(16), tokens] = True
    loss = soft_cross_entropy(
        constrained(student(tokens), banned), constrained(teacher(tokens), banned)
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
