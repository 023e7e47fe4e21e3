"""Threads over images: when there are any, and that results do not depend on their number."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import refimpl
from refimpl import YOLOV8, threads
from refimpl.oracle import draws

SMALL = replace(YOLOV8, num_classes=3, topk=3, reg_max=4, strides=(8, 16))


def used(images=4, numbers=threads.WORTH_A_THREAD):
    """The names of the threads in which images are worked on."""
    return set(threads.of_each_image(lambda image: threading.current_thread().name, images, numbers))


def test_results_come_in_the_order_of_the_images():
    assert threads.of_each_image(lambda image: image**2, 5, threads.WORTH_A_THREAD) == [0, 1, 4, 9, 16]


def test_small_images_are_not_worth_a_thread():
    assert used(numbers=threads.WORTH_A_THREAD - 1) == {threading.current_thread().name}


def test_within_a_worker_thread_of_the_caller_there_are_no_more(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)

    with ThreadPoolExecutor(1, thread_name_prefix="own") as pool:
        assert all(name.startswith("own") for name in pool.submit(used).result())
    assert threading.current_thread().name not in used()


@pytest.mark.parametrize("images", [0, 1])
def test_a_batch_of_one_image_or_none_needs_no_thread(images):
    assert used(images) <= {threading.current_thread().name}


@pytest.mark.parametrize("count", [2, 5])
def test_loss_and_gradient_do_not_depend_on_the_number_of_threads(count, monkeypatch):
    rng = np.random.default_rng(3)
    batch = draws.feature_maps(rng, [(9, 8), (5, 4)], 5, 19), draws.targets(rng, [0, 1, 1, 3, 4], 3)
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(threads, "cores", lambda: 1)
    alone, of_alone = refimpl.detection_loss_and_gradient(*batch, dialect=SMALL)
    monkeypatch.setattr(threads, "cores", lambda: count)

    loss, gradient = refimpl.detection_loss_and_gradient(*batch, dialect=SMALL)

    assert loss.total == alone.total and (loss.components == alone.components).all()
    assert all((x == y).all() for x, y in zip(gradient, of_alone))
    assert refimpl.detection_loss(*batch, dialect=SMALL).total == alone.total
