"""Results of child processes, and Popen objects of those that have ended."""

import subprocess
import sys

done = []
for step in range(3):
    result = subprocess.run([sys.executable, "-c", f"print({step} * 2)"], capture_output=True, text=True)
    print(step, result.stdout.strip(), result.returncode)
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(3)"], stdout=subprocess.PIPE)
    out, _ = child.communicate()
    done.append(child)
    print(child.returncode, out, [c.poll() for c in done])
    print(done[0].wait(), done[-1] is child, child.stdout.closed)
del child, done, result
