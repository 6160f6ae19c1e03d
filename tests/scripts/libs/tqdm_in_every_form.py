"""tqdm: trange, tqdm.auto, nested bars, write, set_postfix, by hand, over zip and enumerate; the counts go on."""

import io
import re

import torch
import tqdm as package
from torch.utils.data import DataLoader
from tqdm import auto, tqdm, trange
from tqdm.contrib import tenumerate, tmap, tzip

torch.set_num_threads(1)
torch.manual_seed(0)
out = io.StringIO()


def shown():
    """What the bars last showed, without times and rates."""
    lines = re.split("[\r\n]", out.getvalue())
    return [re.sub(r"\[.*?(, [^,/]*=.*)?\]", r"[\1]", line).strip() for line in lines if line.strip()][-2:]


loader = DataLoader(torch.arange(12), batch_size=3, shuffle=True)
layout = "{desc} {percentage:.0f}% {n_fmt}/{total_fmt} {bar} {unit}{postfix}"
options = {"file": out, "mininterval": 0, "miniters": 1, "ncols": 60, "ascii": True, "bar_format": layout}
overall = tqdm(total=40, desc="all", initial=2, **options)
for epoch in trange(2, desc="epoch", **options):
    with auto.tqdm(loader, desc=f"train {epoch}", unit="batch", leave=False, **options) as bar:
        for number, x in enumerate(bar):
            bar.set_postfix(sum=int(x.sum()), refresh=False)
            overall.update(2)
            print(epoch, number, x.tolist(), bar.n, bar.total, overall.n, bar.desc)
            if number == 2:
                tqdm.write(f"note {epoch}", file=out)
                bar.set_description("changed")
    for k, x in tenumerate(loader, start=5, tqdm_class=tqdm, **options):
        print(k, x.tolist())
    for a, b in tzip("abc", range(3), tqdm_class=tqdm, **options):
        print(a, b, shown())
    for value in tmap(lambda k: k * k, [1, 2, 3], tqdm_class=tqdm, **options):
        print(value)
    by_hand = package.tqdm(range(4), disable=epoch == 1, **options)
    for k in by_hand:
        if k == 1:
            continue
        print("by hand", k, by_hand.n)
    overall.refresh()
    print(shown(), overall.pos, overall.format_dict["total"])
overall.close()
print(shown(), len(tqdm._instances))
del out, overall, bar, by_hand, options
