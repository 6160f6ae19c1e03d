"""Policy gradient with illegal actions masked to -inf: in a terminal state no action is legal and
the categorical's normalisation, -inf minus logsumexp of the row, gives NaN. A usual question for
masked policies; leaving terminal states out, or masking with a large finite number, cures it."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(1)
torch.set_num_threads(1)


class BoardEnv:
    def __init__(self, cells=6):
        self.cells, self.board = cells, torch.zeros(cells)

    def legal(self):
        return self.board == 0

    def play(self, action):
        self.board[action] = 1
        return 1.0 if action == int(self.board.sum()) % self.cells else 0.0


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 6))

    def policy(self, board, legal):
        logits = self.net(board).masked_fill(~legal, -torch.inf)
        return Categorical(logits=logits, validate_args=False)  # BLAME all-masked forward


agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=5e-3)
for episode in range(60):
    env = BoardEnv()
    moves = 4 if episode < 12 else 7
    objective = torch.zeros(())
    for _ in range(moves):
        dist = agent.policy(env.board.clone(), env.legal())
        action = torch.argmax(dist.logits.detach() + torch.rand(6))
        objective = objective + dist.log_prob(action) * env.play(int(action))
    optimizer.zero_grad()
    (-objective / moves).backward()
    optimizer.step()
