"""Types lines into an interactive shell on a terminal of its own, and prints what the shell showed.

Reads {"argv", "env", "lines"} from stdin; prints a list with what stood on the terminal after each
line, without its control sequences. The prompt must hold the number of the command, as @7@: with
the next one a line is done.
"""

import json
import os
import pty
import re
import select
import sys

asked = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvpe(asked["argv"][0], asked["argv"], asked["env"])


def until_prompt(last):
    shown = b""
    while True:
        text = re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])", "", shown.decode("utf-8", "replace"))
        numbers = [int(number) for number in re.findall(r"@(\d+)@", text)]
        if numbers and max(numbers) > last:
            return max(numbers), text
        if not select.select([terminal], [], [], 20)[0]:
            sys.exit(f"No prompt came after: {text}")
        shown += os.read(terminal, 65536)


number, _ = until_prompt(-1)
shown = []
for line in asked["lines"]:
    os.write(terminal, line.encode())
    number, text = until_prompt(number)
    shown.append(text)
os.close(terminal)
print(json.dumps(shown))
