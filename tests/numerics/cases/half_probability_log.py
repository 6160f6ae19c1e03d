"""Knowledge distillation with the probabilities stored in float16: the student's softmax
underflows to 0 in half precision (fine in float32, about 1e-9), and its log is -inf. Cure:
log_softmax in float32. The blame is on the log, which consumes the value.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(71)


def distillation(student, teacher):
    q = torch.softmax(student, dim=1).half()
    p = torch.softmax(teacher, dim=1).half()
    logq = torch.log(q)  # BLAME half-underflow forward
    return -(p * logq).sum(1).float().mean()


teacher = nn.Linear(10, 6).requires_grad_(False)
student = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 6))
opt = torch.optim.Adam(student.parameters(), lr=0.02)
for step in range(60):
    x = torch.randn(32, 10) * (2 + step)
    loss = distillation(student(x), 2 * teacher(x))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 15 == 0:
        print(step, loss.item())
