from torch import nn


def build_model(config):
    return nn.Sequential(
        nn.Linear(48, config.dim), nn.LayerNorm(config.dim), nn.GELU(),
        nn.Linear(config.dim, config.dim), nn.LayerNorm(config.dim), nn.GELU(),
        nn.Linear(config.dim, config.classes),
    )
