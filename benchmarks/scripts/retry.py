"""Libraries that take seconds to import and 500 MB of tensors; the first statement after the
savepoint tells the time, the second one fails."""

import time

import torch
from transformers import AutoTokenizer, BertConfig, BertModel, Trainer

import midrun

used = [AutoTokenizer, BertConfig, BertModel, Trainer]
state = [torch.full((1_250_000,), float(index)) for index in range(100)]
midrun.savepoint("full")
print("reached", time.time(), flush=True)
raise RuntimeError("something to mend")
