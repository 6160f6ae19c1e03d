"""A module that changes another module's globals, functions and class, and adds an attribute to main."""

import patcher
import settings


def local_value():
    return settings.LEVEL * 10


for n in range(4):
    print(settings.LEVEL, settings.describe(), local_value(), settings.Config().name)
    patcher.patch(n)
    print(sorted(k for k in vars(settings) if k.startswith("ADDED")), settings.Config.names is patcher.seen)
    print(ADDED_TO_MAIN)
