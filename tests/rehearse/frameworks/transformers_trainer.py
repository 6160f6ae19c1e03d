"""transformers' Trainer: a small language model, with evaluations and checkpoints in between."""

import logging
import os
import random
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments
from transformers import set_seed

logging.getLogger("transformers").setLevel(logging.ERROR)
ALPHABET = "abcdefgh "


class Lines(torch.utils.data.Dataset):
    def __init__(self, count, seed):
        source = random.Random(seed)
        words = ["bad", "cab", "dead", "each", "face", "gag", "had"]
        self.lines = [" ".join(source.choices(words, k=6))[:16].ljust(16) for _ in range(count)]

    def __len__(self):
        return len(self.lines)

    def __getitem__(self, index):
        ids = torch.tensor([ALPHABET.index(letter) for letter in self.lines[index]])
        return {"input_ids": ids, "labels": ids}


class Late(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 1700:
            pass  # in step

    def on_save(self, args, state, control, **kwargs):
        pass  # in save

    def on_epoch_end(self, args, state, control, **kwargs):
        print("epoch", state.epoch, state.global_step, kwargs["lr_scheduler"].get_last_lr()[0])


def compute_metrics(found):
    right = found.predictions[:, :-1].argmax(-1) == found.label_ids[:, 1:]
    print("evaluated", right.shape)
    # in metrics
    return {"right": right.mean()}


def main():
    set_seed(7)
    config = GPT2Config(
        vocab_size=len(ALPHABET), n_positions=16, n_embd=16, n_layer=2, n_head=2,
        bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )
    arguments = TrainingArguments(
        "out",
        num_train_epochs=int(sys.argv[1]) if len(sys.argv) > 1 else 3,
        per_device_train_batch_size=4,
        learning_rate=0.01,
        warmup_steps=20,
        logging_steps=50,
        eval_strategy="steps",
        eval_steps=500,
        save_steps=500,
        save_total_limit=2,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
        seed=7,
    )
    trainer = Trainer(
        GPT2LMHeadModel(config),
        arguments,
        train_dataset=Lines(4002, 1),
        eval_dataset=Lines(402, 2),
        callbacks=[Late()],
        compute_metrics=compute_metrics,
    )
    result = trainer.train()
    print("trained", result.global_step)
    trainer.save_model("final")
    print(trainer.evaluate())


if __name__ == "__main__":
    main()
