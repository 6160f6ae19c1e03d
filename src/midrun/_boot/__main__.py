"""The start of the interpreter that runs the user's script: `python .../midrun/_boot SPEC args...`.

This folder holds nothing else, since Python puts it at the head of `sys.path`, where the folder of
the script belongs.
"""

import sys

if __name__ == "__main__":
    del sys.path[0]
    from midrun.run.boot import boot

    boot(sys.argv[1], sys.argv[2:])
