"""tqdm around loops, nested, with a postfix and updates by hand: a generator in a package, a bar on stderr."""

import io

import torch
from tqdm import tqdm, trange

torch.set_num_threads(1)
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adadelta(model.parameters())
out = io.StringIO()
data = [torch.randn(4, 2) for _ in range(4)]
with tqdm(total=12, file=out, desc="all", mininterval=0) as overall:
    for epoch in trange(3, file=out, desc="epochs"):
        bar = tqdm(data, file=out, leave=False)
        for x in bar:
            loss = (model(x) - x[:, :1]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            bar.set_postfix(loss=loss.item())
            overall.update()
            print(epoch, loss.item(), overall.n, bar.total)
        bar.set_description(f"done {epoch}")
print(overall.n, "all" in out.getvalue())
del out, bar, overall  # they hold times
