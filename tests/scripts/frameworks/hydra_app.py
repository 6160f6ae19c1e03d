"""A program started by hydra: its config, its logging and its output folder."""

import logging
import os
import sys
from dataclasses import dataclass, field

import hydra
import torch
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

log = logging.getLogger(__name__)


@dataclass
class Optimizer:
    _target_: str = "torch.optim.SGD"
    lr: float = 0.1


@dataclass
class Config:
    epochs: int = 3
    steps: int = 4
    total: int = "${mul:${epochs},${steps}}"
    optimizer: Optimizer = field(default_factory=Optimizer)


OmegaConf.register_new_resolver("mul", lambda x, y: x * y)
ConfigStore.instance().store(name="config", node=Config)


@hydra.main(version_base=None, config_name="config")
def main(config: DictConfig) -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = instantiate(config.optimizer, params=model.parameters())
    for epoch in range(config.epochs):
        for step in range(config.steps):
            loss = model(torch.randn(8, 4)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            print(epoch, step, config.total, f"{loss.item():.6f}")
        log.info("epoch %d of %s", epoch, HydraConfig.get().job.name)
        config.optimizer.lr = config.optimizer.lr / 2
    print(OmegaConf.to_yaml(config, resolve=True))
    folder = HydraConfig.get().runtime.output_dir
    print(sorted(os.listdir(folder)))
    with open(os.path.join(folder, "hydra_app.log")) as file:
        print([line.split(" - ")[-1].strip() for line in file])


if __name__ == "__main__":
    form = "hydra.job_logging.formatters.simple.format='%(levelname)s - %(message)s'"
    sys.argv[1:] = ["epochs=4", "optimizer.lr=0.05", "hydra.run.dir=out", form]
    main()
