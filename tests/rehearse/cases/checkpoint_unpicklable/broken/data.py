import torch


class Batches:
    """Sums of class patterns and noise, without an end."""

    def __init__(self, config):
        self.config = config
        self.patterns = torch.randn(config.classes, 48, generator=torch.Generator().manual_seed(0))

    def __iter__(self):
        while True:
            labels = torch.randint(0, self.config.classes, (self.config.batch_size,))
            yield self.patterns[labels] + 2 * torch.randn(self.config.batch_size, 48), labels
