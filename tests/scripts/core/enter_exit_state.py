"""A manager class with state that counts and restores: __exit__ belongs to the restored instance."""


class Setting:
    values = {"lr": 1.0, "verbose": False}

    def __init__(self, **changes):
        self.changes = changes

    def __enter__(self):
        self.saved = {key: self.values[key] for key in self.changes}
        self.values.update(self.changes)
        print("set", self.values)
        return self

    def __exit__(self, *exc):
        self.values.update(self.saved)
        print("reset", self.values)


def use():
    print("use", Setting.values["lr"], Setting.values["verbose"])


use()
for lr in (0.1, 0.2):
    with Setting(lr=lr) as outer:
        use()
        with Setting(lr=lr / 2, verbose=True) as inner:
            use()
            inner.saved["lr"] = lr * 3
            print(outer.saved, inner.saved)
        use()
        for step in range(2):
            outer.saved["lr"] += step
            print("step", step, outer.saved)
    use()
