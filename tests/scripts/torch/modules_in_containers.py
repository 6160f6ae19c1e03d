"""ModuleList, ModuleDict, ParameterList, a plain list of modules, a module shared by two parents, lazy ones."""

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 1), "b": nn.LazyLinear(2)})
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(4)) for _ in range(2)])
        self.shared = self.blocks[0]
        self.hidden = [nn.Linear(4, 4)]
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))
        self.activation = torch.tanh

    def forward(self, x):
        self.steps += 1
        for block, scale in zip(self.blocks, [*self.scales, 1.0]):
            x = self.activation(block(x) * scale) + self.hidden[0](x)
        return {name: head(self.shared(x)) for name, head in self.heads.items()}


net = Net()
net(torch.zeros(1, 4))
optimizer = torch.optim.NAdam([*net.parameters(), *net.hidden[0].parameters()], lr=0.01)
for step in range(5):
    output = net(torch.randn(6, 4))
    loss = output["a"].square().mean() + output["b"].abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), net.shared is net.blocks[0], int(net.steps), len(net.state_dict()))
    if step == 1:
        net.blocks.append(nn.Linear(4, 4))
        net.activation = torch.relu
    if step == 2:
        net.heads["c"] = net.heads["a"]
        net.training_note = "set at run time"
    print(sorted(net.heads), net.scales[0].sum().item(), type(net.heads["b"]).__name__, getattr(net, "training_note", None))
