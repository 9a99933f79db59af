"""Works on the calls of a time range again: reprocess.py 2026-11-24T10:00 2026-11-24T12:00"""

import sys
from datetime import datetime

from inbox import reprocess

try:
    start, end = (datetime.fromisoformat(text).astimezone() for text in sys.argv[1:])
except ValueError:
    sys.exit("Usage: python3 reprocess.py <from> <until>, such as 2026-11-24T10:00")
print(f"{reprocess(start, end)} calls are due again. The running receiver works on them.")
