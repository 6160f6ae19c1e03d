import sys

import torch

from config import Config
from data import Batches
from engine import Engine
from model import build_model


def main():
    config = Config()
    torch.manual_seed(config.seed)
    engine = Engine(config, build_model(config), Batches(config))
    if len(sys.argv) > 2 and sys.argv[1] == "--resume":
        engine.load(sys.argv[2])
    engine.run()


if __name__ == "__main__":
    main()
