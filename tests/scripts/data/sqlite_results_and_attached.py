"""Databases in memory, attached ones and one with a write-ahead log; results of cursors, rows, a subclass; an open transaction."""

import datetime
import sqlite3


class Log(sqlite3.Connection):
    label = "log"

    def add(self, *values):
        return self.execute("INSERT INTO events VALUES (?, ?)", values)


memory = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None)
memory.execute("CREATE TABLE days (day date, n INTEGER)")
log = sqlite3.connect("log.db", factory=Log)
log.execute("PRAGMA journal_mode = wal")
log.execute("ATTACH 'more.db' AS more")
log.execute("DROP TABLE IF EXISTS main.events")
log.execute("DROP TABLE IF EXISTS more.sums")
log.execute("CREATE TABLE main.events (step INTEGER, name TEXT)")
log.execute("CREATE TABLE more.sums (step INTEGER)")
log.label = "mine"
log.commit()
cursor = memory.cursor()
many = memory.cursor()
for step in range(8):
    cursor.execute("INSERT INTO days VALUES (?, ?)", (datetime.date(2024, 1, step + 1).isoformat(), step))
    inserted = cursor.lastrowid
    print(step, inserted, cursor.rowcount, cursor.lastrowid, cursor.description, many.rowcount)
    many.executemany("UPDATE days SET n = n + ?", [(1,), (10,)])
    log.add(step, f"event {step}")
    log.execute("INSERT INTO sums VALUES (?)", (step,))
    print("in a transaction", log.in_transaction)
    if step % 2:
        log.commit()
    else:
        log.rollback()
    log.row_factory = sqlite3.Row
    row = log.execute("SELECT step, name AS Name FROM events ORDER BY step DESC").fetchone()
    log.row_factory = None
    log.execute("BEGIN")
    print(row and (row["name"], row.keys(), tuple(row)), many.rowcount, log.label, log.in_transaction)
    print(memory.execute("SELECT max(day), n FROM days").fetchone(), many.lastrowid, many.rowcount)
    print(log.execute("SELECT count(*), sum(step) FROM sums").fetchall())
    log.commit()
print(memory.execute("SELECT * FROM days").fetchall())
print(log.execute("PRAGMA journal_mode").fetchall(), log.execute("SELECT * FROM events").fetchall())
log.close()
