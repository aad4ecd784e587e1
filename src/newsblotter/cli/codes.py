"""How a command ended, as the shell sees it."""

OK = 0
ERROR = 1
USAGE = 2
REJECTED = 3  # done, but some reports could not be read
BUSY = 4  # another build holds the store
INTERRUPTED = 130  # 128 + SIGINT, as shells count
