"""From a mistake to the next try: `midrun watch`, and processes that start warm."""
