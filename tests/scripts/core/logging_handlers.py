"""logging to a file, a StringIO and stdout, with filters, adapters, a formatter and levels changed under way."""

import io
import logging
import sys

logger = logging.getLogger("app")
child = logging.getLogger("app.sub")
memory = io.StringIO()


class Counter(logging.Filter):
    def __init__(self):
        super().__init__()
        self.count = 0

    def filter(self, record):
        self.count += 1
        record.count = self.count
        return "secret" not in record.getMessage()


counter = Counter()
logger.setLevel(logging.DEBUG)
logger.propagate = False
for handler in (logging.FileHandler("app.log"), logging.StreamHandler(memory), logging.StreamHandler(sys.stdout)):
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(count)d %(message)s"))
    handler.addFilter(counter)
    logger.addHandler(handler)
adapter = logging.LoggerAdapter(child, {"run": 1})
for n in range(6):
    logger.info("step %d", n)
    child.debug("sub %d", n)
    adapter.warning("secret %d", n)
    if n == 2:
        child.setLevel(logging.WARNING)
        logger.handlers[1].setLevel(logging.ERROR)
    if n == 4:
        logger.removeHandler(logger.handlers[1])
        logger.disabled = n == 5
    try:
        1 // (n - 3)
    except ZeroDivisionError:
        logger.error("division", exc_info=False)
    print(counter.count, len(logger.handlers), child.isEnabledFor(logging.DEBUG), logging.getLogger("app.sub") is child)
print(memory.getvalue())
print(open("app.log").read().count("\n"), logger.handlers[0].filters[0] is counter)
