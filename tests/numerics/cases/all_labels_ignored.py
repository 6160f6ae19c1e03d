"""Token classification with ignore_index: a batch in which every label is ignored is a mean over
nothing, 0 / 0 inside cross_entropy. The gradient is zero, but the loss is NaN, and it enters the
running weight of the auxiliary loss. Real bug: https://github.com/pytorch/pytorch/issues/70348.
Cure: skip such batches, or reduction="sum" over a clamped count.
"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(85)

tagger = nn.LSTM(6, 12, batch_first=True)
head = nn.Linear(12, 4)
modules = nn.ModuleList([tagger, head])
opt = torch.optim.Adam(modules.parameters(), lr=5e-3)
sentences = torch.randn(180, 5, 6)
tags = sentences[..., :4].argmax(-1)
tags[torch.rand(180, 5) < 0.5] = -100
tags[108:114] = -100
smooth = 1.0
for epoch in range(3):
    for lo in range(0, 180, 6):
        logits = head(tagger(sentences[lo : lo + 6])[0]).flatten(0, 1)
        target = tags[lo : lo + 6].flatten()
        tagging = F.cross_entropy(logits, target, ignore_index=-100)  # BLAME empty-mean forward
        smooth = 0.9 * smooth + 0.1 * tagging.item()
        loss = tagging / smooth + 1e-3 * logits.square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, smooth)
