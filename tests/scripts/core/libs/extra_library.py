import os
LEVEL = os.environ['EXTRA_LEVEL']
GONE = os.environ.get('EXTRA_GONE')
class Meter:
    total = 0
    def add(self, x):
        self.total += x
        return self.total
