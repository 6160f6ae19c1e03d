"""os.environ, cwd, umask, sys.path, sys.argv and the recursion limit changed at run time."""

import os
import sys

os.makedirs("work/deep", exist_ok=True)
start = os.getcwd()
os.environ["DEMO_MODE"] = "start"
limit = sys.getrecursionlimit()
sys.argv.append("--added")
sys.path.append("made-up-folder")
for n in range(5):
    os.environ["DEMO_MODE"] = os.environ["DEMO_MODE"] + str(n)
    print(n, os.environ.get("DEMO_MODE"), os.environ.get("DEMO_GONE"), os.path.relpath(os.getcwd(), start))
    if n == 0:
        os.environ["DEMO_GONE"] = "here"
        os.chdir("work")
    if n == 2:
        del os.environ["DEMO_GONE"]
        os.chdir("deep")
        sys.setrecursionlimit(limit + 500)
    with open("where.txt", "a") as out:
        out.write(str(n))
    print(open("where.txt").read(), sys.argv[1:], sys.path[-1], sys.getrecursionlimit() - limit)
    print(os.popen("echo $DEMO_MODE").read().strip())
os.chdir(start)
print(sorted(os.listdir(".")))
del start
