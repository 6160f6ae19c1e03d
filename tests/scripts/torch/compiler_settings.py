"""Settings of torch.compile that the program has made, for good and for a block."""

import torch
import torch._dynamo
import torch._dynamo.config as c

c.suppress_errors = True
with c.patch(recompile_limit=3):
    for k in range(6):
        print(k, c.suppress_errors, c.recompile_limit, len(c.ignore_logging_functions) < 3)
print(c.recompile_limit)
c.recompile_limit = 11
for k in range(4):
    print(k, torch._dynamo.config.recompile_limit)
