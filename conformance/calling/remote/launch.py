"""Run as a script in a new process: set its limits, then become the program.

`launch.py MEMORY WORD...`: MEMORY in MiB; the words are those of the program.
"""

import os
import resource
import signal
import sys


def limit(kind: int, most: int) -> None:
    """Lower a limit of this process, soft and hard; one that is lower already stays."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def main() -> None:
    """Limit memory, the size of files and core dumps, and replace this process."""
    memory = int(sys.argv[1]) * 2**20
    # Not the address space where it can be avoided: Node and CUDA reserve far more of it than they use.
    limit(resource.RLIMIT_DATA if sys.platform.startswith("linux") else resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_FSIZE, memory)
    limit(resource.RLIMIT_CORE, 0)
    # Python ignores these two, and what is ignored stays so in the program.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
