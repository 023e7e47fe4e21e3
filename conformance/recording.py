"""Record steps of a training job, to be judged by `python -m conformance judge-run`.

    from conformance.recording import record
    record("steps", at=(0, 1, 10, 100))                  # before the training of an Ultralytics model

    with recording(loss, "steps", strides=(8, 16, 32)) as loss:   # any other: loss(maps, targets) of torch,
        ...                                                # or jax.value_and_grad(loss, has_aux=True)

A step that is not recorded costs one comparison. A step is written when its gradient has come back to every map, or when
its loss raises.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import itertools
import os
import warnings
from pathlib import Path
from typing import Any, Callable, Collection, Dict, Iterator, List, Sequence

import numpy as np

from conformance.recordings.files import Recording, write

__all__ = ["record", "recording", "Watched"]

_ULTRALYTICS = "conformance.recordings.of_ultralytics"
"""Imported on demand: it needs the package."""

At = Any
"""Steps to record: a collection of numbers, or a function that says whether a step is."""


def record(folder: str | Path = "steps", at: At = (0, 1, 10, 100)) -> None:
    """From here on write each step of `at` that an Ultralytics model (8.0 – 8.4) or YOLO26 is trained.

    Parameters
    ----------
    folder : for the files, made if it is not there
    at : steps, counted from 0; validation is not counted
    """
    importlib.import_module(_ULTRALYTICS).watch(Path(folder), _said(at))


@contextlib.contextmanager
def recording(loss: Callable[..., Any], folder: str | Path = "steps", at: At = (0, 1, 10, 100), **facts: Any) -> Iterator[Any]:
    """Within, the loss that is given is recorded when it is called.

    Parameters
    ----------
    loss : called with maps [(B, 4R + C, H, W)]·L and targets (N, 6). In torch it returns total, or total and components.
        One that also differentiates, such as `jax.value_and_grad(loss, has_aux=True)`, jitted or not, returns
        ((total, components), gradient) or (total, gradient).
    facts : what the file is to tell beside: strides, gains (box, cls, dfl), reg_max, normaliser, branch, source
    """
    steps, told = itertools.count(), _said(at)
    open_: List[Watched] = []

    @functools.wraps(loss, assigned=())
    def recorded(maps: Any, targets: Any, *others: Any, **named: Any) -> Any:
        step = next(steps)
        if not told(step):
            return loss(maps, targets, *others, **named)
        about = {"step": step, "source": getattr(loss, "__module__", None) or "", **ranks(), **facts}
        watched = Watched(Path(folder), maps, targets, about)
        open_[:] = [*(one for one in open_ if one.open), watched]
        with watched.until_it_raises():
            result = loss(maps, targets, *others, **named)
        if hasattr(maps[0], "register_hook"):
            watched.answered(*_parts(result))
            watched.await_gradients(maps, _parts(result)[0])
        else:
            (value, gradient) = result
            watched.answered(*_parts(value))
            watched.complete(np.ones_like(array(_parts(value)[0])), gradient)
        return result

    yield recorded
    for watched in open_:
        watched.warn_if_open()


class Watched:
    """A step that is being recorded: what the loss was given is copied at once, the rest as it comes.

    Parameters
    ----------
    folder : of the file
    maps, targets : as the loss is given them
    facts : as in `conformance.recordings.files`
    """

    def __init__(self, folder: Path, maps: Sequence[Any], targets: Any, facts: Dict[str, Any]) -> None:
        self._folder, self.open = folder, True
        self._given = {"maps": [array(level) for level in maps], "targets": array(targets)}
        self.facts = {"dtype": str(maps[0].dtype).replace("torch.", ""), **facts}

    def answered(self, total: Any, components: Any) -> None:
        """Keep what the loss returned."""
        components = np.full(3, np.nan) if components is None else array(components)
        self._given.update(total=array(total), components=components)

    @contextlib.contextmanager
    def until_it_raises(self) -> Iterator[None]:
        """Within, an error is written with what the loss was given, and goes on its way."""
        try:
            yield
        except Exception as error:
            self.facts["raised"] = f"{type(error).__name__}: {error}"
            self.answered(np.nan, None)
            self.complete(np.nan, [np.zeros_like(level) for level in self._given["maps"]])
            raise

    def await_gradients(self, maps: Sequence[Any], total: Any) -> None:
        """Write the file when torch has brought a gradient to the total and to every map."""
        seen: Dict[int, np.ndarray] = {}

        def came(place: int, gradient: Any) -> None:
            seen[place] = array(gradient)
            if len(seen) == len(maps) + 1 and self.open:
                self.complete(seen.pop(-1), [seen[i] for i in range(len(maps))])

        if getattr(total, "requires_grad", False):
            # What is detached learns nothing: that is what came to it.
            seen.update({place: np.zeros(tuple(level.shape), np.float32) for place, level in enumerate(maps) if not level.requires_grad})
            for place, tensor in enumerate([*maps, total]):
                if tensor.requires_grad:
                    tensor.register_hook(functools.partial(came, place if tensor is not total else -1))

    def complete(self, cotangent: Any, gradients: Sequence[Any]) -> None:
        """Write the file."""
        self.open = False
        whole = {**self._given, "cotangent": array(cotangent), "gradients": [array(g) for g in gradients]}
        write(self._folder, Recording(**whole, facts=self.facts))

    def warn_if_open(self) -> None:
        """Say that a step was not written, if its gradient never came."""
        if self.open:
            warnings.warn(f"step {self.facts['step']} is not recorded: no gradient came to one of its maps", stacklevel=2)


def array(tensor: Any) -> np.ndarray:
    """A copy on the processor; bfloat16, which NumPy lacks, as float32."""
    if isinstance(tensor, dict):
        tensor = list(tensor.values())
    if isinstance(tensor, (list, tuple)):
        return np.array([array(one) for one in tensor])
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu()
        tensor = (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()
    found = np.array(tensor)
    return found.astype(np.float32) if found.dtype.kind == "V" else found


def ranks() -> Dict[str, int]:
    """Rank and number of processes of a data-parallel job, as launchers tell them."""
    rank, size = (os.environ.get(name, "") for name in ("RANK", "WORLD_SIZE"))
    return {"rank": int(rank), "world_size": int(size)} if rank.isdigit() and size.isdigit() else {}


def _said(at: At) -> Callable[[int], bool]:
    """Whether a step is one of `at`."""
    if callable(at):
        return at
    steps: Collection[int] = frozenset(at)
    return steps.__contains__


def _parts(result: Any) -> Any:
    """(total, components) of what a loss returned; None for components it does not tell."""
    return (result[0], result[1]) if isinstance(result, (tuple, list)) else (result, None)
