"""`python -m midrun` is the command `midrun`."""

from midrun.cli.main import main

main()
