"""Lines that are logged to files that rotate, rows of CSV and JSON lines: each is there once."""

import csv
import json
import logging
import logging.handlers

logger = logging.getLogger("train")
logger.setLevel(logging.INFO)
logger.propagate = False
handler = logging.handlers.RotatingFileHandler("train.log", maxBytes=200, backupCount=9)
handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
logger.addHandler(handler)
rows = csv.DictWriter(open("rows.csv", "w", newline=""), ["step", "loss"])
rows.writeheader()
lines = open("lines.jsonl", "a")
for step in range(12):
    logger.info("step %d of twelve steps", step)
    rows.writerow({"step": step, "loss": 1 / (step + 1)})
    lines.write(json.dumps({"step": step}) + "\n")
    if step % 3 == 0:
        lines.flush()
    with open("by_hand.jsonl", "a" if step else "w") as file:
        file.write(json.dumps([step]) + "\n")
    print(step, handler.stream.tell(), lines.tell())
lines.close()
handler.close()
print(open("lines.jsonl").read().split("\n"))
for number in range(9):
    name = f"train.log.{number}" if number else "train.log"
    try:
        print(name, open(name).read().split("\n"))
    except FileNotFoundError:
        print(name, "is not there")
