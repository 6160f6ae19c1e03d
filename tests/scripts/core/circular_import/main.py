"""Two modules that import each other, one of them while the other is still half loaded."""

import first
import second

for n in range(3):
    print(first.ping(n), second.pong(n), first.second is second, second.first is first)
    print(first.calls, second.calls)
