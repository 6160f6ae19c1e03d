"""Control: CTC with zero_infinity=True on a corpus in which some transcripts are too long."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(205)

rnn = nn.GRU(6, 20, batch_first=True)
out = nn.Linear(20, 7)
opt = torch.optim.Adam([*rnn.parameters(), *out.parameters()], lr=3e-3)
ctc = nn.CTCLoss(zero_infinity=True)
for step in range(60):
    x = torch.randn(6, 10, 6)
    sizes = torch.randint(1, 14, (6,))
    targets = torch.randint(1, 7, (6, 13))
    logp = F.log_softmax(out(rnn(x)[0]), dim=-1).transpose(0, 1)
    loss = ctc(logp, targets, torch.full((6,), 10), sizes)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
