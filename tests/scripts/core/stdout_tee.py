"""sys.stdout replaced by a Tee class, redirect_stdout under way, and print to several streams."""

import contextlib
import io
import sys


class Tee:
    def __init__(self, *streams):
        self.streams = streams
        self.written = 0

    def write(self, text):
        self.written += len(text)
        for stream in self.streams:
            stream.write(text)
        return len(text)

    def flush(self):
        for stream in self.streams:
            stream.flush()

    def __getattr__(self, name):
        return getattr(self.streams[0], name)


log = open("tee.txt", "w")
original = sys.stdout
sys.stdout = Tee(sys.stdout, log)
for n in range(6):
    print("both", n, sys.stdout.written)
    if n == 3:
        memory = io.StringIO()
        with contextlib.redirect_stdout(memory):
            for k in range(2):
                print("captured", k)
        print(repr(memory.getvalue()), sys.stdout.streams[0] is original)
tee, sys.stdout = sys.stdout, original
log.close()
print(tee.written, original is sys.stdout, len(open("tee.txt").read()))
for n in range(3):
    sys.stdout.write(f"no newline {n}; ")
    sys.stderr.write(f"to stderr {n}\n")
print("end", file=sys.__stdout__)
del tee, log, original
