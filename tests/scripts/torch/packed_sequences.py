"""Packed sequences and hidden states of LSTM and GRU carried over a loop (truncated backpropagation)."""

import torch
from torch import nn
from torch.nn.utils import rnn

torch.set_num_threads(1)
torch.manual_seed(0)
lengths = [5, 3, 2]
padded = rnn.pad_sequence([torch.randn(n, 3) for n in lengths], batch_first=True)
packed = rnn.pack_padded_sequence(padded, lengths, batch_first=True)
loose = rnn.pack_sequence([torch.randn(n, 3) for n in (2, 4, 3)], enforce_sorted=False)
lstm, gru = nn.LSTM(3, 4, num_layers=2, batch_first=True, dropout=0.1), nn.GRU(3, 4, bidirectional=True)
optimizer = torch.optim.RMSprop([*lstm.parameters(), *gru.parameters()], lr=0.01)
state = None
for step in range(6):
    out, state = lstm(packed, state)
    state = tuple(s.detach() for s in state)
    other, hidden = gru(loose)
    values, sizes = rnn.pad_packed_sequence(out, batch_first=True)
    loss = values.square().mean() + hidden.square().mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(lstm.parameters(), 0.25)
    optimizer.step()
    print(step, loss.item(), sizes.tolist(), state[0].sum().item())
    print(packed.batch_sizes.tolist(), loose.sorted_indices.tolist(), loose.unsorted_indices.tolist(), type(packed).__name__)
    print(lstm._flat_weights[0] is lstm.weight_ih_l0, len(lstm.all_weights))
