"""An SQLite file: rows are inserted and committed under way; a cursor, a row factory, pragmas."""

import sqlite3

connection = sqlite3.connect("results.db")
connection.row_factory = sqlite3.Row
connection.execute("PRAGMA foreign_keys = ON")
cursor = connection.cursor()
cursor.execute("CREATE TABLE IF NOT EXISTS steps (id INTEGER PRIMARY KEY, loss REAL, note TEXT)")
connection.commit()
for step in range(8):
    cursor.execute("INSERT INTO steps (loss, note) VALUES (?, ?)", (1 / (step + 1), f"step {step}"))
    connection.commit()
    row = connection.execute("SELECT count(*) AS n, sum(loss) AS total FROM steps").fetchone()
    print(step, row["n"], row["total"], cursor.lastrowid, cursor.rowcount)
print(connection.execute("PRAGMA foreign_keys").fetchone()[0], connection.in_transaction)
print([tuple(row) for row in connection.execute("SELECT * FROM steps")])
connection.close()
