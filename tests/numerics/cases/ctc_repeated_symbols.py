"""CTC where the transcript has as many symbols as the input has frames, but repeats one: repeats
need a blank between them, so it does not fit and the loss is inf. Such words come late in the
corpus. Cure: zero_infinity=True, or a length check that counts repeats.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(90)

ALPHABET = "-abcdelo"
words = ["able", "code", "bald", "cold", "lead", "deal", "bead", "cloe"] * 4 + ["cell", "boll"]
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, len(ALPHABET)), nn.LogSoftmax(-1))
ctc = nn.CTCLoss(blank=0)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
glyphs = torch.randn(len(ALPHABET), 12)
for epoch in range(4):
    for pair in range(0, len(words), 2):
        text = words[pair : pair + 2]
        target = torch.tensor([[ALPHABET.index(c) for c in w] for w in text])
        image = (glyphs[target] + 0.1 * torch.randn(2, 4, 12)).transpose(0, 1)
        sizes = torch.tensor([4, 4])
        loss = ctc(net(image), target, sizes, sizes)  # BLAME bad-target forward
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
