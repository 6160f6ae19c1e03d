"""sys.exit with a code from deep within loops, handlers and finally blocks."""

import sys


def work(n):
    for k in range(n):
        try:
            print("work", n, k)
            if n == 3 and k == 1:
                sys.exit(n + k)
        except Exception:
            print("SystemExit is no Exception")
        finally:
            print("cleanup", n, k)


try:
    sys.exit("caught message")
except SystemExit as stop:
    print("caught", stop.code)
for n in range(6):
    try:
        work(n)
    finally:
        for k in range(2):
            print("outer cleanup", n, k)
print("never reached")
