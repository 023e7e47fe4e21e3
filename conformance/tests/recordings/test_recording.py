"""Recording: what is written, when, and what a step costs that is not."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from conformance.example.tiny import DIALECT, Detector, batch
from conformance.recording import recording
from conformance.recordings.files import read
from conformance.recordings.judging import judge
from refimpl import detection_loss_and_gradient


def a_step(seed=0):
    seen = batch(np.random.default_rng(seed), 2)
    return Detector(seed).forward(seen.pictures)[0], seen.targets


def by_reference(maps, targets):
    return detection_loss_and_gradient(maps, targets, dialect=DIALECT)


def test_a_loss_that_differentiates_itself_is_recorded_at_the_steps_that_are_asked_for(tmp_path):
    maps, targets = a_step()

    with recording(by_reference, tmp_path, at=(1, 3), strides=(8,), reg_max=8) as loss:
        for _ in range(5):
            loss(maps, targets)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["step000001.npz", "step000003.npz"]
    assert judge(read(tmp_path / "step000001.npz"), DIALECT).verdict == "CONFORMS"


def test_steps_may_be_asked_for_by_a_function(tmp_path):
    with recording(by_reference, tmp_path, at=lambda step: step % 2 == 0, strides=(8,), reg_max=8) as loss:
        for _ in range(3):
            loss(*a_step())

    assert len(list(tmp_path.iterdir())) == 2


def test_a_step_that_is_not_recorded_is_not_looked_at(tmp_path):
    given = object(), object()

    with recording(lambda maps, targets: (maps, targets), tmp_path, at=()) as loss:
        assert loss(*given) == given


def test_a_torch_loss_is_recorded_when_its_gradient_has_come(tmp_path):
    torch = pytest.importorskip("torch")
    from conformance.candidates.dense_torch import DenseTorch

    maps, targets = a_step()
    leaves = [torch.tensor(level, requires_grad=True) for level in maps]
    with recording(DenseTorch(DIALECT).detection_loss, tmp_path, at=(0,), strides=(8,), reg_max=8) as loss:
        total, _ = loss([leaf * 1 for leaf in leaves], torch.tensor(targets))
        assert list(tmp_path.iterdir()) == []
        (total * 3).backward()

    found = read(tmp_path / "step000000.npz")
    assert found.cotangent == 3 and (found.gradients[0] == leaves[0].grad.numpy()).all()
    assert judge(found, DIALECT).verdict == "CONFORMS"


def test_a_step_whose_gradient_never_comes_is_not_written_and_said(tmp_path):
    torch = pytest.importorskip("torch")

    with pytest.warns(UserWarning, match="step 0 is not recorded: no gradient came"):
        with recording(lambda maps, targets: maps[0].sum(), tmp_path, at=(0,)) as loss:
            loss([torch.zeros(1, 4, 2, 2, requires_grad=True)], torch.zeros(0, 6))

    assert list(tmp_path.iterdir()) == []


def test_what_is_detached_is_recorded_as_learning_nothing_and_every_step_that_is_not_is_said(tmp_path):
    torch = pytest.importorskip("torch")
    leaves = [torch.zeros(1, 5, 2, 2, requires_grad=True), torch.zeros(1, 5, 1, 1, requires_grad=True)]

    with pytest.warns(UserWarning) as told:
        with recording(lambda maps, targets: sum((level + 1).square().sum() for level in maps), tmp_path, (0, 1, 2)) as loss:
            loss([leaves[0] * 1, leaves[1].detach()], torch.zeros(0, 6)).backward()
            loss([leaf * 1 for leaf in leaves], torch.zeros(0, 6))
            loss([leaf * 1 for leaf in leaves], torch.zeros(0, 6))

    assert [str(one.message)[:23] for one in told] == ["step 1 is not recorded:", "step 2 is not recorded:"]
    found = read(tmp_path / "step000000.npz")
    assert (found.gradients[0] == 2).all() and not found.gradients[1].any()


def test_a_step_whose_loss_raises_is_written_with_what_it_was_given(tmp_path):
    maps, targets = a_step()

    def loss(maps, targets):
        raise IndexError("index 5 is out of bounds")

    with recording(loss, tmp_path, at=(0,), strides=(8,), reg_max=8) as recorded, pytest.raises(IndexError):
        recorded(maps, targets[::-1])

    found = read(tmp_path / "step000000.npz")
    unsorted, raised = (judge(found, replace(DIALECT, any_target_order=any_order)).first for any_order in (False, True))
    assert unsorted.verdict == "UNDECIDED" and unsorted.text.startswith("targets are not sorted by image (label 1")
    assert unsorted.text.endswith("; the loss raised IndexError: index 5 is out of bounds")
    assert (raised.verdict, raised.text) == ("BREAKS", "the loss raised IndexError: index 5 is out of bounds")


def test_jax_is_recorded_through_value_and_grad(tmp_path):
    jax = pytest.importorskip("jax")
    from conformance.candidates.dense_jax import factory

    candidate = factory(DIALECT)
    maps, targets = a_step()
    value_and_grad = jax.value_and_grad(lambda maps, targets: candidate.detection_loss(maps, targets), has_aux=True)

    with recording(value_and_grad, tmp_path, at=(0,), strides=(8,), reg_max=8) as loss, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loss([jax.numpy.asarray(level, "float32") for level in maps], jax.numpy.asarray(targets, "float32"))

    assert judge(read(tmp_path / "step000000.npz"), DIALECT).verdict == "CONFORMS"


@pytest.mark.parametrize("rank, size, name", [("1", "2", "step000000-rank1.npz"), ("", "", "step000000.npz")])
def test_each_rank_of_a_data_parallel_job_writes_a_file_of_its_own(tmp_path, monkeypatch, rank, size, name):
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("WORLD_SIZE", size)

    with recording(by_reference, tmp_path, at=(0,), strides=(8,), reg_max=8) as loss:
        loss(*a_step())

    assert [path.name for path in tmp_path.iterdir()] == [name]
