"""Threads over the images of a batch: each image is computed alone, so results do not depend on how many there are."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, List, TypeVar

from refimpl.door import behind_the_door

T = TypeVar("T")

WORTH_A_THREAD = 200_000
"""Numbers in the maps of one image from which the work on it is longer than what it takes to hand it over."""


def of_each_image(work: Callable[[int], T], images: int, numbers: int) -> List[T]:
    """Do the work on image 0, 1, …: in threads where that pays and the caller runs none, nor processes, of its own.

    Parameters
    ----------
    work : of the index of an image
    images : B
    numbers : in the maps of one image

    Returns
    -------
    list of B results, in order
    """
    threads = min(cores(), images) if numbers >= WORTH_A_THREAD and _alone() else 1
    if threads <= 1:
        return [work(image) for image in range(images)]

    def trusted(image: int) -> Any:
        with behind_the_door():
            return work(image)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(trusted, range(images)))


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _alone() -> bool:
    """Neither in a worker thread nor in a worker process of the caller."""
    return threading.current_thread() is threading.main_thread() and multiprocessing.parent_process() is None
