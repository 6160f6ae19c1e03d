"""Strings of the source compared by identity, as some research code does by mistake."""
import warnings

warnings.simplefilter("ignore")
layers = [("conv2d", 1), ("relu", 2), ("flatten", 3)]
modes = dict(kind="train", other=["eval", "train"])


def forward(config):
    total = 0
    for name, size in config:
        if name is "conv2d":
            total += size
        elif name is "relu":
            total += 10 * size
        elif name is "flatten":
            total += 100 * size
        else:
            raise NotImplementedError(name)
    return total


for step in range(3):
    print(step, forward(layers), modes["kind"] is "train", modes["other"][1] is modes["kind"])
    longer = "".join(["tra", "in"])
    print(longer == "train", longer is "train")
