"""nn.RNN with the ReLU nonlinearity and a recurrent matrix of norm 2 (an initialisation meant for
tanh): the hidden state grows by a factor per time step, and a long document overflows float32.
From threads on RNNs with ReLU giving NaN. Cure: identity initialisation, tanh, a GRU.
"""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(126)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 8, nonlinearity="relu", batch_first=True)
        nn.init.eye_(self.rnn.weight_hh_l0)
        self.rnn.weight_hh_l0.data.mul_(2.0)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        h, _ = self.rnn(x)  # BLAME overflow forward
        return torch.tanh(self.out(h[:, -1])).squeeze(1)


reader = Reader()
opt = torch.optim.Adam(reader.parameters(), lr=1e-4)
documents = [torch.randn(4, int(n), 3) for n in torch.randint(5, 20, (60,))]
documents[18] = torch.randn(4, 160, 3)
for step, doc in enumerate(documents):
    loss = (reader(doc) - doc.mean((1, 2))).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
