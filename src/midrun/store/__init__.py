"""The store: runs, savepoints and blobs as plain files in a `.midrun` folder.

    .midrun/
      .gitignore                          *
      gate                                lock between drafts and gc (locks)
      blobs/<2 hex>/<hash>-<length>       bytes that savepoints share (blobs)
      runs/<id>/                          (runs)
        run.json  log.jsonl  lock  sources/<hash>.py
        savepoints/<n>.draft/             on its way (drafts)
        savepoints/<n>/                   a savepoint (savepoint)
          manifest.json  state.pickle

Nothing here unpickles, and nothing here knows what is in a pickle or a blob.
"""

from midrun.store.drafts import Draft, Held
from midrun.store.errors import StoreError
from midrun.store.runs import Run
from midrun.store.savepoint import Savepoint
from midrun.store.store import Store
from midrun.store.thinning import thin
from midrun.store.writer import Pending

__all__ = ["Draft", "Held", "Pending", "Run", "Savepoint", "Store", "StoreError", "thin"]
