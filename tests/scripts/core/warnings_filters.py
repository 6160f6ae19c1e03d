"""Warning filters set globally, in catch_warnings under way, and the once-per-place registry."""

import sys
import warnings

warnings.showwarning = lambda message, category, *rest: print("shown", category.__name__, message)


class Mine(UserWarning):
    pass


def careless(n):
    warnings.warn(f"old {n % 2}", DeprecationWarning, stacklevel=1)
    warnings.warn("mine", Mine, stacklevel=1)
    return n


warnings.simplefilter("default")
for n in range(5):
    print("call", careless(n))
    if n == 1:
        warnings.filterwarnings("ignore", category=Mine)
    if n == 2:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for k in range(2):
                careless(k)
                print("caught", [str(w.message) for w in caught])
    if n == 3:
        warnings.resetwarnings()
        warnings.simplefilter("error", Mine)
        try:
            careless(n)
        except Mine as error:
            print("raised", error)
        warnings.filterwarnings("ignore", "min.")
    print(len(warnings.filters) > 0, sys.warnoptions.__class__.__name__)
