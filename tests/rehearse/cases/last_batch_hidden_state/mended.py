import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm


class Tagger(nn.Module):
    def __init__(self, vocab, tags, hidden, batch_size):
        super().__init__()
        self.hidden = hidden
        self.batch_size = batch_size
        self.embed = nn.Embedding(vocab, 32)
        self.gru = nn.GRU(32, hidden, batch_first=True)
        self.head = nn.Linear(hidden, tags)

    def init_hidden(self, tokens):
        return torch.zeros(1, len(tokens), self.hidden)

    def forward(self, tokens):
        out, _ = self.gru(self.embed(tokens), self.init_hidden(tokens))
        return self.head(out)


class Trainer:
    def __init__(self, model, train_loader, dev_loader, lr=1e-3):
        self.model = model
        self.train_loader = train_loader
        self.dev_loader = dev_loader
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.criterion = nn.CrossEntropyLoss()

    def loss(self, tokens, tags):
        return self.criterion(self.model(tokens).flatten(0, 1), tags.flatten())

    def train_epoch(self, epoch):
        self.model.train()
        bar = tqdm(self.train_loader, desc=f"epoch {epoch}", leave=False)
        for tokens, tags in bar:
            self.optimizer.zero_grad()
            loss = self.loss(tokens, tags)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
            self.optimizer.step()
            bar.set_postfix(loss=f"{loss.item():.3f}")

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        return sum(self.loss(*batch).item() for batch in self.dev_loader) / len(self.dev_loader)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.train_epoch(epoch)
            print(f"epoch {epoch}: dev loss {self.evaluate():.4f}")


def make(sequences):
    tokens = torch.randint(0, 200, (sequences, 20))
    return TensorDataset(tokens, (tokens + tokens.roll(1, 1)) % 8)


torch.manual_seed(3)
train = DataLoader(make(sequences=10010), batch_size=32, shuffle=True)
dev = DataLoader(make(sequences=960), batch_size=32)
Trainer(Tagger(200, 8, 64, batch_size=32), train, dev).fit(epochs=60)
