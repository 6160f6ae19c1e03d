"""A program run by absl: its flags keep the values that were given."""

import sys

import torch
from absl import app, flags, logging

flags.DEFINE_integer("epochs", 2, "Passes over the data.")
flags.DEFINE_float("lr", 0.1, "Step size.")
flags.DEFINE_enum("optimizer", "sgd", ["sgd", "adam"], "Which one.")
flags.DEFINE_multi_string("tag", [], "Words.")


def make_optimizer(model):
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[flags.FLAGS.optimizer]
    return kind(model.parameters(), lr=flags.FLAGS.lr)


def main(argv):
    print(argv[1:], flags.FLAGS.tag)
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = make_optimizer(model)
    for epoch in range(flags.FLAGS.epochs):
        for step in range(4):
            loss = model(torch.randn(8, 4)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(epoch, step, f"{loss.item():.6f}", flags.FLAGS["lr"].value)
        flags.FLAGS.lr = flags.FLAGS.lr / 2
        optimizer = make_optimizer(model)
        logging.info("epoch %d", epoch)
    print(sorted(flags.FLAGS.flag_values_dict().items())[:3], flags.FLAGS.is_parsed())


if __name__ == "__main__":
    sys.argv[1:] = ["--epochs=4", "--optimizer=adam", "--tag=a", "--tag=b", "rest"]
    app.run(main)
