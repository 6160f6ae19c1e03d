"""What midrun knows about runs and savepoints, as plain data, and its two renderings.

`finding`, `listing`, `details`, `staleness`, `health` and `proof` gather data classes; `terminal`
words them for people (the only module that needs rich), `as_json` for programs. Nothing here
unpickles.
"""
