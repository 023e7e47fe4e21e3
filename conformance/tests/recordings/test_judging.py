"""A recorded step is judged right: what is right is not accused, what is wrong is named. All of it runs in `loops`."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.example.tiny import DIALECT, Detector, batch
from conformance.recordings import classes, scene
from conformance.recordings.fields import differing
from conformance.recordings.files import Recording
from conformance.recordings.judging import judge
from conformance.recordings.step import dialect_of, laid_out
from conformance.recordings.told import Judged, headline
from refimpl import PRESETS, detection_loss_and_gradient

FACTS = {"step": 0, "rank": 0, "world_size": 1, "branch": "", "dtype": "float32", "source": "", "strides": (8,), "gains": (),
         "reg_max": 8, "normaliser": np.nan}  # fmt: skip


def a_recording(dialect=DIALECT, seed=0, images=3, cotangent=1.0, change=None):
    """A step of the reference by a dialect, in float32."""
    seen = batch(np.random.default_rng(seed), images)
    maps = [level.astype(np.float32) for level in Detector(seed).forward(seen.pictures)[0]]
    targets = seen.targets.astype(np.float32)
    loss, gradients = detection_loss_and_gradient(maps, targets, dialect=dialect)
    gradients = [(cotangent * gradient).astype(np.float32) for gradient in gradients]
    if change is not None:
        maps, targets, gradients = change(maps, targets, gradients)
    answer = (np.float32(loss.total), np.float32(cotangent), np.float32(loss.components))
    return Recording(maps, targets, *answer, gradients, dict(FACTS))


def first_line(recording, dialect=DIALECT):
    return headline([Judged(None, recording, judge(recording, dialect))])


@pytest.mark.parametrize("cotangent", [1.0, 1 / 3, 1024.0])
def test_a_step_of_the_reference_conforms_whatever_it_is_multiplied_by(cotangent):
    assert first_line(a_recording(cotangent=cotangent)) == "CONFORMS: 1 step, step 0"


@pytest.mark.parametrize("change, words", [
    ({"box_gain": 7.0}, "box gain in force is 7, the dialect's is 7.5"),
    ({"dfl_gain": 1.0}, "dfl gain in force is 1, the dialect's is 1.5"),
    ({"cls_gain": 0.25}, "cls gain in force is 0.25, the dialect's is 0.5"),
    ({"times_batch": False}, "0.33333 times what it is to be: no batch factor (B = 3)"),
    ({"class_weights": (1.0, 2.0, 3.0)}, "class weights are in force, 1, 2, 3; the dialect has none"),
])  # fmt: skip
def test_what_is_in_force_is_told_and_nothing_else_accused(change, words):
    recording = a_recording(replace(DIALECT, **change))

    found = judge(recording, DIALECT)

    broken = [finding for finding in found.findings if finding.verdict == "BREAKS" and finding.what != "total"]
    assert len(broken) == 1 and words in broken[0].text
    assert words in first_line(recording)


@pytest.mark.parametrize("channels, words", [
    (slice(4 * DIALECT.reg_max, None), "cls gain in force is 1, the dialect's is 0.5"),
    (slice(4 * DIALECT.reg_max), "box gain in force is 15, the dialect's is 7.5"),
])  # fmt: skip
def test_a_gradient_that_is_not_of_the_components_it_comes_with_breaks(channels, words):
    def doubled(maps, targets, gradients):
        for gradient in gradients:
            gradient[:, channels] *= 2
        return maps, targets, gradients

    assert words in first_line(a_recording(change=doubled))


def test_a_step_whose_probabilities_vanish_shows_nothing():
    recording = without_labels(lambda x: np.log1p(np.exp(x)))
    maps = [level.copy() for level in recording.maps]
    maps[0][:, 4 * DIALECT.reg_max :] -= 100
    nothing = [np.zeros_like(level) for level in maps]

    found = judge(recording._replace(maps=maps, gradients=nothing, total=np.float32(0), components=np.zeros(3, np.float32)), DIALECT)

    assert found.verdict == "UNDECIDED" and "vanish" in found.first.text


def test_the_class_gradient_of_a_step_without_labels_is_judged_by_its_gain():
    recording = without_labels(lambda x: np.log1p(np.exp(x)))

    told = first_line(recording._replace(gradients=[2 * gradient for gradient in recording.gradients]))

    assert told == "BREAKS: cls gain in force is 1, the dialect's is 0.5"


def test_another_loss_on_the_same_maps_is_told():
    recording = a_recording(change=lambda maps, targets, gradients: (maps, targets, [g + 1e-3 * m for g, m in zip(gradients, maps)]))

    assert first_line(recording).endswith("another loss reaches the maps, too, it seems: record this one alone")


def test_bins_that_learn_nothing_are_told():
    def detached(maps, targets, gradients):
        for gradient in gradients:
            gradient[:, : 4 * DIALECT.reg_max] = 0
        return maps, targets, gradients

    assert first_line(a_recording(change=detached)) == "BREAKS: no anchor learns a box: the gradient of every bin is 0"


def test_levels_that_learn_by_a_factor_of_their_own_are_told():
    dialect = replace(DIALECT, strides=(8, 16))
    random = np.random.default_rng(0)
    maps = [random.normal(-2, 1, size=(2, 4 * dialect.reg_max + dialect.num_classes, n, n)).astype(np.float32) for n in (8, 4)]
    made = made_of(maps, np.array([[0, 1, 0.5, 0.5, 0.4, 0.4], [1, 0, 0.4, 0.5, 0.5, 0.3]], np.float32), dialect)
    halved = made._replace(gradients=[made.gradients[0], made.gradients[1] / 2], facts={**made.facts, "strides": dialect.strides})

    assert first_line(halved, dialect).startswith("BREAKS: levels learn K·σ(x) by different K, level 0 by ")


@pytest.mark.parametrize("factor, words", [(4, "4 times what it is to be: multiplied"), (0.25, "0.25 times what it is to be: divided")])
def test_the_number_of_ranks_is_told_as_a_factor(factor, words):
    recording = a_recording(change=lambda maps, targets, gradients: (maps, targets, [factor * g for g in gradients]))
    recording.facts["world_size"] = 4

    assert first_line(recording).endswith(f"the whole gradient is {words} by the number of ranks (4)")


def test_a_batch_factor_that_the_dialect_has_not_is_told():
    told = first_line(a_recording(), replace(DIALECT, times_batch=False))

    assert told.startswith("BREAKS: the whole gradient is 3 times what it is to be: the batch factor (B = 3) which the dialect has not")


def without_labels(form):
    """A step without labels whose background is sure of itself, and its class component as a form of the loss has it in float32."""
    bins, classes = 4 * DIALECT.reg_max, DIALECT.num_classes
    level = np.random.default_rng(5).normal(-13, 0.5, (2, bins + classes, 8, 8)).astype(np.float32)
    made = made_of([level], np.zeros((0, 6), np.float32), DIALECT)
    cls = np.float32(DIALECT.cls_gain * form(level[:, bins:]).sum(dtype=np.float64))
    return made._replace(components=np.array([0, cls, 0], np.float32), total=np.float32(2 * cls))


@pytest.mark.parametrize("form, verdict", [
    (lambda x: np.log1p(np.exp(x)), "CONFORMS"),
    (lambda x: x - (np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))), "CONFORMS"),
    (lambda x: -np.log(1 - 1 / (1 + np.exp(-x))), "CONFORMS"),
    (lambda x: 2 * np.log1p(np.exp(x)) + np.float32(1e-5), "BREAKS"),
], ids=["stable", "by log σ", "by 1 − σ", "twice"])  # fmt: skip
def test_the_loss_of_a_sure_background_may_be_lost_to_rounding_as_frameworks_lose_it(form, verdict):
    assert judge(without_labels(form), DIALECT).verdict == verdict


@pytest.mark.parametrize("off, verdict", [(0.0, "CONFORMS"), (0.1, "BREAKS")])
def test_a_total_is_judged_where_components_are_not_told(off, verdict):
    recording = a_recording()

    found = judge(recording._replace(components=np.full(3, np.nan), total=recording.total + np.float32(off)), DIALECT)

    assert found.verdict == verdict and any("none is told" in finding.text for finding in found.findings)


def scaled(part, factors):
    """A change of a step: some channels of the gradient of each image, times a factor."""
    return lambda maps, targets, gradients: (maps, targets, [
        np.concatenate([g[:, :part], g[:, part:] * np.reshape(factors, (-1, 1, 1, 1))], axis=1).astype(np.float32) for g in gradients
    ])  # fmt: skip


@pytest.mark.parametrize("factors, words", [
    ((1, 2, 1), "images learn K·σ(x) by different K, image 0 by"),
    ((1, 1, 0), "image 2 by 0: one for the whole batch is expected"),
    ((0, 0, 0), "BREAKS: no anchor learns a class: the gradient of every class logit is 0"),
], ids=str)  # fmt: skip
def test_an_image_that_learns_by_a_factor_of_its_own_is_told_and_no_other_accused(factors, words):
    step = a_recording(change=scaled(4 * DIALECT.reg_max, factors))

    found = judge(step, DIALECT)

    assert words in first_line(step) and sum(finding.verdict == "BREAKS" for finding in found.findings) == 1
    assert differing(step, DIALECT, found) is None


@pytest.mark.parametrize("change, clauses", [
    ({"topk": 9}, ("TAL-4", "TAL-1")),
    ({"alpha": 1.0, "beta": 1.0}, ("TAL-4", "TAL-5", "TAL-7")),
    ({"box_loss": "giou"}, ("DET-1g",)),
])  # fmt: skip
def test_a_wrong_decision_breaks_its_clause(change, clauses):
    found = judge(a_recording(replace(DIALECT, **change), seed=1), DIALECT)

    assert {finding.clause for finding in found.findings} & set(clauses)


def a_crowd(dialect, seed=0, boxes=12, images=2, sides=(0.25, 0.6)):
    """A step of the reference on boxes that contest anchors, in float32."""
    random = np.random.default_rng(seed)
    maps = [random.normal(size=(images, 4 * dialect.reg_max + dialect.num_classes, 8, 8)).astype(np.float32)]
    sides = random.uniform(*sides, (boxes * images, 2))
    labels = np.repeat(np.arange(images), boxes), random.integers(0, dialect.num_classes, boxes * images)
    targets = np.column_stack([*labels, random.uniform(sides / 2, 1 - sides / 2), sides]).astype(np.float32)
    return made_of(maps, targets, dialect)


def made_of(maps, targets, dialect):
    """A step of the reference on maps and labels, in float32."""
    loss, gradients = detection_loss_and_gradient(maps, targets, dialect=dialect)
    answer = (np.float32(loss.total), np.float32(1), np.float32(loss.components))
    facts = {**FACTS, "reg_max": dialect.reg_max}
    return Recording(maps, targets, *answer, [gradient.astype(np.float32) for gradient in gradients], facts)


@pytest.mark.parametrize("change", [{"owner_among": "claimants"}, {"owner_by": "metric"}], ids=str)
def test_an_owner_rule_is_judged_by_the_dialect_that_has_it(change):
    recording = a_crowd(replace(DIALECT, **change))

    assert first_line(recording, replace(DIALECT, **change)) == "CONFORMS: 1 step, step 0"
    assert first_line(recording).startswith("BREAKS: image 0: anchor")


ASSIGNERS = (
    (3, {"owner_among": "all"}),
    (3, {"owner_among": "all", "outside_metric": "own"}),
    (3, {"at_least_one": True, "claim_above": 0}),
    (3, {"range_limit": True, "reg_max": 4}),
    (0, {"normalised_over": "claimed"}),
    (0, {"score_of": "best_claimant"}),
    (0, {"topk_among": "all_then_inside"}),
    (1, {"overlap": "ciou_unclamped"}),
    (1, {"owner_above": 0, "overlap": "ciou_unclamped"}),
)  # fmt: skip


@pytest.mark.parametrize("seed, change", ASSIGNERS, ids=str)
def test_an_assigner_is_judged_by_the_dialect_that_has_it_and_accused_by_another(seed, change):
    dialect = replace(DIALECT, **change)
    recording = a_crowd(dialect, seed, sides=(0.05, 0.9))

    assert first_line(recording, dialect) == "CONFORMS: 1 step, step 0"
    assert first_line(recording).startswith("BREAKS")


@pytest.mark.parametrize("change", [{}, {"owner_by": "metric"}, {"owner_among": "all", "outside_metric": "own"}, {"topk": 3}], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_anchors_that_no_box_can_claim_need_no_bounds(monkeypatch, seed, change):
    recording = a_crowd(replace(DIALECT, **change), seed, boxes=5, sides=(0.3, 0.95))
    some = [len(scene_of(recording, b).part) for b in range(2)]
    found = judge(recording, DIALECT).findings

    monkeypatch.setattr(scene, "_may_be_claimed", lambda step, b, gt, near, distance: np.ones(len(near), bool))

    assert judge(recording, DIALECT).findings == found
    assert sum(len(scene_of(recording, b).part) for b in range(2)) > sum(some)


def scene_of(recording, b):
    step = laid_out(recording, dialect_of(recording, DIALECT))
    return scene.look(step, b, classes.scores(step, b, classes.factor(step)))


def test_an_owner_without_weight_counts_in_the_largest_overlap_of_its_box():
    dialect = replace(DIALECT, owner_among="all")

    steps = [a_crowd(dialect, seed, boxes=20, images=1, sides=(0.2, 0.5)) for seed in (0, 1)]

    assert [judge(step, dialect).verdict for step in steps] == ["CONFORMS"] * 2


@pytest.mark.parametrize("name", sorted(name for name, preset in PRESETS.items() if preset.cls_loss == "bce"))
def test_a_step_of_every_preset_conforms_to_it(name):
    dialect = replace(PRESETS[name], num_classes=3, strides=(8,))

    assert judge(a_crowd(dialect, seed=3, boxes=6, sides=(0.05, 0.6)), dialect).verdict == "CONFORMS"


ONE = replace(DIALECT, topk=7, topk2=1)


def second_best(dialect):
    """A step in which a box keeps the second best of its anchors."""
    recording, right = a_crowd(replace(dialect, topk2=2), 1, boxes=4), a_crowd(dialect, 1, boxes=4)
    first = (right.gradients[0][:, :32] != 0).any(axis=1, keepdims=True)
    assert first.any()
    return recording._replace(gradients=[np.where(first, right.gradients[0] * 0, recording.gradients[0])])


def test_one_anchor_for_each_box_is_judged_after_conflicts():
    steps = [a_crowd(replace(ONE, num_classes=1), seed, boxes=14, images=1, sides=(0.05, 0.6)) for seed in (1, 4, 5)]

    assert [judge(step._replace(facts={**step.facts, "branch": "one_to_one"}), DIALECT).verdict for step in steps] == ["CONFORMS"] * 3


@pytest.mark.parametrize("recording", [
    a_crowd(replace(ONE, topk=1, topk2=None), 1), a_crowd(replace(ONE, topk2=2), 1), second_best(ONE), a_crowd(replace(ONE, beta=1.0), 1),
], ids=("one claim", "two kept", "second best", "exponent"))  # fmt: skip
def test_another_anchor_of_a_box_is_accused(recording):
    assert first_line(recording, ONE).startswith("BREAKS")


def nan_label(maps, targets, gradients):
    targets[2, 4] = np.nan
    return maps, targets, gradients


def in_px(maps, targets, gradients):
    targets[:, 2:] *= 64
    return maps, targets, gradients


def nan_gradient(maps, targets, gradients):
    gradients[0][1, 2, 3, 4] = np.nan
    return maps, targets, gradients


def a_bin_off(maps, targets, gradients):
    bins = gradients[0][:, :32]
    bins[np.unravel_index(np.abs(bins).argmax(), bins.shape)] *= 1.01
    return maps, targets, gradients


def a_class_off(maps, targets, gradients):
    gradients[0][0, 33, 0, 0] += 1e-4
    return maps, targets, gradients


@pytest.mark.parametrize("change, words", [
    (nan_label, "UNDECIDED: label 2 of image"),
    (in_px, "UNDECIDED: labels are in px, not fractions of the image: label 0"),
    (nan_gradient, "BREAKS: gradients[0][1, 2, 3, 4] is nan, though maps and labels are finite"),
    (a_bin_off, "BREAKS: gradient of the bins: 1 of "),
    (a_class_off, "BREAKS: image 0: anchor 0 at (4, 4) px learns class 1 with"),
])  # fmt: skip
def test_a_single_number_that_is_wrong_is_found_and_placed(change, words):
    assert first_line(a_recording(change=change)).startswith(words)


def no_gradient(maps, targets, gradients):
    return maps, targets, [0 * gradient for gradient in gradients]


def wrong_sign(maps, targets, gradients):
    return maps, targets, [-gradient for gradient in gradients]


def every_anchor(maps, targets, gradients):
    gradients[0][:, :32] += 1e-3
    return maps, targets, gradients


@pytest.mark.parametrize("recording, words", [
    (a_recording(change=no_gradient), "BREAKS: no anchor learns a class: the gradient of every class logit is 0"),
    (a_recording(change=wrong_sign), "BREAKS: anchors that learn no box learn σ(x) of class 0 times -0.1963"),
    (a_recording(change=every_anchor), "BREAKS: image 0: 64 anchors learn a box, and 2 boxes claim 10 each"),
    (a_crowd(replace(PRESETS["PPYOLOE"], num_classes=3, strides=(8,))), "BREAKS: what anchors that learn no box learn of their classes is"),
    (a_recording(cotangent=0.0), "UNDECIDED: the total is not pulled"),
])  # fmt: skip
def test_where_no_factor_can_be_seen_it_is_said_why(recording, words):
    assert first_line(recording).startswith(words)


def test_a_class_too_faint_for_a_gradient_is_not_accused():
    maps, targets, rng = a_recording().maps, a_recording().targets, np.random.default_rng(0)
    targets[:, 1] = rng.integers(0, 2, len(targets))
    maps[0][:, -1] = -200

    recording = made_of(maps, targets, DIALECT)

    assert first_line(recording) == "CONFORMS: 1 step, step 0"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_in_half_precision_nothing_is_accused(dtype):
    recording = a_recording(replace(DIALECT, box_gain=7.0))
    recording.facts["dtype"] = dtype

    assert first_line(recording).startswith(f"UNDECIDED: maps are {dtype}: a whole loss cannot be decided")


def test_duplicate_boxes_leave_owners_open_and_every_legal_one_is_tried():
    seen = batch(np.random.default_rng(5), 2)
    targets = np.repeat(seen.targets, 2, axis=0).astype(np.float32)
    maps = [level.astype(np.float32) for level in Detector(0).forward(seen.pictures)[0]]
    recording = made_of(maps, targets, DIALECT)

    assert judge(recording, DIALECT).verdict in ("CONFORMS", "UNDECIDED")


@pytest.mark.parametrize("name", ["DenseTorch", "LastTies"])
def test_right_losses_in_a_loop_are_not_accused(tmp_path, name):
    pytest.importorskip("torch")
    from conformance.tests.recordings import loops

    found = [judged.verdict for _, judged, _ in loops.steps(getattr(loops, name), tmp_path, count=3)]

    assert found == ["CONFORMS"] * 3


def test_each_wrong_loss_is_found_at_its_first_wrong_step(tmp_path):
    pytest.importorskip("torch")
    from conformance.tests.recordings import loops

    for kind in loops.WRONG:
        first = next((judged for _, judged, wrong in loops.steps(kind, tmp_path, count=8) if wrong), None)
        assert first is not None and first.verdict == "BREAKS", kind.__name__
