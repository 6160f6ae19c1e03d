"""PyTorch Geometric: batches of graphs through message passing of its own and of the program's."""

import torch
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCNConv, MessagePassing, global_mean_pool
from torch_geometric.transforms import AddSelfLoops, Compose, RandomNodeSplit


def make_graph(count):
    edges = torch.randint(0, count, (2, 3 * count))
    x = torch.randn(count, 4)
    return Data(x=x, edge_index=edges, y=(x.sum() > 0).long().view(1))


class Difference(MessagePassing):
    def __init__(self, size):
        super().__init__(aggr="mean")
        self.line = torch.nn.Linear(size, size)

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=self.line(x))

    def message(self, x_i, x_j):
        return x_j - x_i


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = GCNConv(4, 8)
        self.second = Difference(8)
        self.last = torch.nn.Linear(8, 2)

    def forward(self, data):
        x = self.first(data.x, data.edge_index).relu()
        x = torch.nn.functional.dropout(self.second(x, data.edge_index), 0.2, self.training)
        return self.last(global_mean_pool(x, data.batch))


def evaluate(model, loader):
    model.eval()
    right = 0
    for data in loader:
        with torch.no_grad():
            right += int((model(data).argmax(-1) == data.y).sum())
    return right / len(loader.dataset)


def main():
    torch.manual_seed(7)
    transform = Compose([AddSelfLoops(), RandomNodeSplit(num_val=1, num_test=1)])
    graphs = [transform(make_graph(5 + k % 4)) for k in range(24)]
    train, test = DataLoader(graphs[:16], 4, shuffle=True), DataLoader(graphs[16:], 4)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for epoch in range(4):
        model.train()
        for step, data in enumerate(train):
            loss = torch.nn.functional.cross_entropy(model(data), data.y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(epoch, step, data.num_nodes, data.num_edges, f"{loss.item():.6f}")
        print(epoch, evaluate(model, test))


if __name__ == "__main__":
    main()
