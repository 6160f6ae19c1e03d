"""torch.Generator objects: several, shared under two names, with saved states, beside the global one."""

import torch

torch.set_num_threads(1)
torch.manual_seed(3)
own = torch.Generator().manual_seed(5)
alias = own
holder = {"g": own, "other": torch.Generator()}
holder["other"].manual_seed(7)
saved = None
for n in range(8):
    print(n, torch.rand(2).tolist(), torch.randn(1, generator=own).item(), torch.randperm(4, generator=alias).tolist())
    print(torch.randint(0, 99, (2,), generator=holder["g"]).tolist(), torch.normal(0.0, 1.0, (1,)).item())
    print(torch.bernoulli(torch.full((4,), 0.5), generator=holder["other"]).tolist(), own.initial_seed())
    if n == 2:
        saved = torch.get_rng_state(), own.get_state()
    if n == 4:
        torch.set_rng_state(saved[0])
        own.set_state(saved[1])
    if n == 6:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            print("forked", torch.rand(1).item())
    print(alias is own, torch.initial_seed(), torch.nn.functional.dropout(torch.ones(5), 0.5).tolist())
