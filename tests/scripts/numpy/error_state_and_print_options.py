"""errstate, seterr, printoptions and a user's error callback: settings that live in NumPy itself."""

import numpy as np

calls = []
np.seterr(divide="ignore", invalid="ignore")
np.set_printoptions(precision=3, suppress=True, threshold=8)
zero = np.zeros(2)
for n in range(5):
    print(n, np.ones(2) / zero, np.arange(20) / 7, np.geterr()["divide"])
    with np.errstate(divide="raise", over="raise"):
        for k in range(2):
            try:
                print("over", np.float64(10.0) ** (k * 400))
            except FloatingPointError as error:
                print(error)
            print("inside", k, np.geterr()["over"])
    if n == 1:
        np.set_printoptions(precision=6, formatter={"float_kind": lambda x: f"<{x:.1f}>"})
    if n == 2:
        np.seterrcall(lambda kind, flag: calls.append(kind))
        np.seterr(divide="call")
    if n == 3:
        np.set_printoptions(formatter=None)
    with np.printoptions(precision=1):
        print("short", np.array([0.123456]))
    print(calls, np.get_printoptions()["precision"])
