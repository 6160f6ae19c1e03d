"""A hidden state carried over batches and detached, truncated back-propagation, a loss added up over time steps."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True, dropout=0.1)
        self.cell = nn.GRUCell(4, 4)
        self.out = nn.Linear(4, 3)

    def forward(self, x, state, memory):
        output, state = self.lstm(x, state)
        for t in range(x.shape[1]):
            memory = self.cell(output[:, t], memory)
        return self.out(output + memory.unsqueeze(1)), state, memory


model = Tagger()
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
text = torch.randint(0, 3, (2, 33))
state, memory = None, torch.zeros(2, 4)
for epoch in range(2):
    total = 0.0
    for start in range(0, 32, 8):
        x = nn.functional.one_hot(text[:, start : start + 8], 3).float()
        y = text[:, start + 1 : start + 9]
        if state is not None:
            state = tuple(h.detach() for h in state)
        memory = memory.detach_()
        output, state, memory = model(x, state, memory)
        loss = torch.zeros(())
        for t in range(y.shape[1]):
            loss = loss + nn.functional.cross_entropy(output[:, t], y[:, t])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        print(epoch, start, total, state[0].abs().sum().item(), memory.sum().item())
        print("weights", [round(p.sum().item(), 5) for p in model.out.parameters()])
    print("epoch", epoch, total)
