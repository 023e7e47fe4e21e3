"""Hostile candidates in torch through the real command line: a clear verdict for each, and the run goes on."""

import pytest

from conformance.tests.installed import judged, rows

pytest.importorskip("torch")

MODULE = "conformance.tests.calling.hostile_torch_candidates"

WRONG = {
    "writes_into_inputs": ("IOU-1", "iou: boxes1 was written into, 4 of 4 values are not as given"),
    "writes_while_recording": ("IOU-1g", "iou_vjp: boxes2 was written into, 4 of 4 values are not as given"),
    "needs_a_gpu": ("IOU-1", "CUDA"),
    "changes_default_dtype": ("IOU-1", "left behind in PyTorch: default dtype"),
    "changes_threads": ("IOU-1", "left behind in PyTorch: number of threads"),
    "changes_grad_mode": ("IOU-1", "left behind in PyTorch: recording of gradients"),
}
"""The clause that ends in ERROR, and what is said."""

RIGHT = ("Right", "changes_random_state", "asks_for_gradients")
"""Nothing is wrong with their answers, and what they set reaches no op after it."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The records of all, with no GPU in sight, and no isolation, which might hide what they leave behind."""
    folder = tmp_path_factory.mktemp("torch")
    # Imported once, before the processes that judge them are forked, and not in each.
    (folder / "sitecustomize.py").write_text("import torch")
    places = {name: f"{MODULE}:{name}" for name in (*WRONG, *RIGHT, "OnAbsentDevice")}
    records, done = judged(folder, places, CUDA_VISIBLE_DEVICES="")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    return records


def verdicts(record):
    return {id: row["verdict"] for id, row in rows(record).items()}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_and_the_run_goes_on(found, name):
    clause, said = WRONG[name]

    row = rows(found[name])[clause]

    assert row["verdict"] == "ERROR" and said in row["detail"], row
    assert verdicts(found[name]).items() >= {"BCE-1": "CONFORMS", "BCE-1g": "CONFORMS"}.items()


@pytest.mark.parametrize("name", RIGHT)
def test_bad_manners_are_no_wrong_answer_and_reach_no_other_op(found, name):
    expected = dict.fromkeys(("IOU-1", "IOU-1g", "BCE-1", "BCE-1g"), "CONFORMS")

    assert (verdicts(found[name]), found[name]["exit_code"]) == (expected, 0), found[name]


def test_without_its_gpu_every_clause_ends_in_an_error_that_says_so(found):
    seen = rows(found["OnAbsentDevice"])

    assert len(seen) == 4 and {row["verdict"] for row in seen.values()} == {"ERROR"}
    assert all("CUDA" in row["detail"] for row in seen.values())
