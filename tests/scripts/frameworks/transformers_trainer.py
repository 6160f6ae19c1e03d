"""transformers' Trainer: a tiny language model from a config, text made here, a callback, a
checkpoint and an evaluation in each epoch."""

import logging
import os
import random

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments
from transformers import PrinterCallback, set_seed

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


class Printer(TrainerCallback):
    def __init__(self):
        self.steps = []

    def on_step_end(self, args, state, control, **kwargs):
        self.steps.append(state.global_step)
        rate = kwargs["lr_scheduler"].get_last_lr()[0]
        print("step", state.global_step, f"{state.epoch:.3f} {rate:.6f}", len(self.steps))

    def on_log(self, args, state, control, logs=None, **kwargs):
        timeless = {k: round(v, 5) for k, v in sorted(logs.items()) if "per_second" not in k}
        print("log", {k: v for k, v in timeless.items() if "runtime" not in k})

    def on_save(self, args, state, control, **kwargs):
        print("saved", sorted(os.listdir("out")))


def main():
    set_seed(7)
    config = GPT2Config(
        vocab_size=len(ALPHABET), n_positions=16, n_embd=16, n_layer=2, n_head=2,
        bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )
    model = GPT2LMHeadModel(config)
    arguments = TrainingArguments(
        "out",
        num_train_epochs=3,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        learning_rate=0.01,
        warmup_steps=2,
        logging_steps=2,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
        seed=7,
    )
    trainer = Trainer(
        model, arguments, train_dataset=Lines(32, 1), eval_dataset=Lines(8, 2), callbacks=[Printer()]
    )
    trainer.remove_callback(PrinterCallback)  # it prints times
    result = trainer.train()
    print(result.global_step, f"{result.training_loss:.6f}")
    print(f"{trainer.evaluate()['eval_loss']:.6f}")


if __name__ == "__main__":
    main()
