"""The start of a keeper: `python .../midrun/_boot/keeper.py JOB LISTENER OWNER`.

What follows `serve` is run by the processes that it forks, each of which runs a script.
"""

import sys

if __name__ == "__main__":
    del sys.path[0]
    import midrun.run.ending
    import midrun.run.resume  # noqa: F401
    from midrun.run.boot import boot
    from midrun.warm.keeper import serve

    text, *arguments = serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    boot(text, arguments)
