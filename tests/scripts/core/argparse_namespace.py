"""An argparse parser with its Namespace, sub-commands and a mutable default that is shared."""

import argparse


class Append(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), values])


parser = argparse.ArgumentParser(prog="prog", description="demo")
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--tags", action=Append, default=[])
parser.add_argument("--kind", choices=["a", "b"], default="a")
parser.add_argument("--flag", action=argparse.BooleanOptionalAction, default=True)
subparsers = parser.add_subparsers(dest="command")
train = subparsers.add_parser("train")
train.add_argument("--steps", type=lambda s: int(s) * 2, default=3)
train.set_defaults(run=lambda args: args.steps + 1)
args = parser.parse_args(["--lr", "0.5", "--tags", "x", "train", "--steps", "4"])
alias = args
for n in range(args.steps - 4):
    args.lr *= 0.5
    args.tags.append(n)
    alias.extra = n
    again = parser.parse_args(["--tags", str(n), "--no-flag"])
    print(args, alias is args) if n == 99 else print(args.lr, args.tags, args.extra, args.run(args))
    print(again, again.tags is parser.get_default("tags"))
    parser.set_defaults(kind="b" if n % 2 else "a")
print(parser.format_usage().splitlines()[0][:12], vars(args)["command"])
