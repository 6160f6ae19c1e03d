"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    from midrun.run.spec import Spec, execute

    if sys.argv[1] == "run":
        arguments = sys.argv[2:]
        spec = Spec(store=".midrun")
        while arguments[0] == "--at":
            spec.at.append(arguments[1])
            del arguments[:2]
        spec.target = arguments[0]
        execute(spec, arguments[1:])
    elif sys.argv[1] == "resume":
        spec = Spec(store=".midrun", savepoint=sys.argv[2] if len(sys.argv) > 2 else ":1")
        execute(spec, [])


if __name__ == "__main__":
    main()
