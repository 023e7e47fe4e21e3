"""Ten broken inputs: explain names the cause of each in its first three lines."""

from dataclasses import replace

import numpy as np
import pytest

from conformance.command import cli
from conformance.recordings import explaining, stages
from refimpl import YOLOV8

DIALECT = replace(YOLOV8, num_classes=3, reg_max=8)
SHAPES = ((16, 24), (8, 12), (4, 6))


def inputs():
    """Maps and labels that are right: four images of 192 × 128 px, two boxes each."""
    rng = np.random.default_rng(0)
    maps = [rng.normal(0, 1, (4, 35, *shape)).astype(np.float32) for shape in SHAPES]
    rows = [[b, i, *rng.uniform(0.4, 0.6, 2), *rng.uniform(0.1, 0.25, 2)] for b in range(4) for i in range(2)]
    return maps, np.array(rows, np.float32)


def nan_logit(maps, targets):
    maps[1][2, 30, 3, 5] = np.nan
    return maps, targets


def inf_box(maps, targets):
    targets[3, 4] = np.inf
    return maps, targets


def in_px(maps, targets):
    targets[:, 2:] *= [192, 128, 192, 128]
    return maps, targets


def sides_swapped(maps, targets):
    targets[:, 2:] = [0.2, 0.5, 0.7, 0.2]
    return maps, targets


def class_past_the_last(maps, targets):
    targets[5, 1] = 3
    return maps, targets


def image_gap(maps, targets):
    targets[targets[:, 0] >= 1, 0] += 1
    return maps, targets


def small_boxes(maps, targets):
    targets[:, 2:] = [0.5, 0.5, 0.02, 0.02]
    return maps, targets


def large_box(maps, targets):
    targets[0, 2:] = [0.5, 0.5, 0.95, 0.95]
    for level in maps:
        level[:, 32:], level[:, :32] = -9, 0
    maps[0][0, 32:, 8, 12] = 9
    return maps, targets


def no_labels(maps, targets):
    return maps, targets[:0]


def transposed(maps, targets):
    maps[1] = np.swapaxes(maps[1], 2, 3)
    return maps, targets


def channels_last(maps, targets):
    return [np.moveaxis(level, 1, -1) for level in maps], targets


def channels_last_of_unknown_classes(maps, targets):
    return [np.moveaxis(level[:, :-2], 1, -1) for level in maps], targets


def reversed_levels(maps, targets):
    return maps[::-1], targets


def probabilities(maps, targets):
    for level in maps:
        level[:, 32:] = 1 / (1 + np.exp(-level[:, 32:]))
    return maps, targets


def no_width(maps, targets):
    targets[2, 4] = 0
    return maps, targets


def far_outside(maps, targets):
    targets[2, 2] = -3
    return maps, targets


BROKEN = (
    (nan_logit, "maps[1][2, 30, 3, 5] is nan: bin 6 of the bottom side in image 2"),
    (inf_box, "label 3 of image 1: w is inf"),
    (in_px, "labels are in px, not fractions of the image: label 0"),
    (sides_swapped, "width and height are swapped, it seems: 8 of 8 boxes reach out of the image"),
    (class_past_the_last, "label 5: class 3, and classes are 0 … 2"),
    (image_gap, "label 6: image 4, and the batch has images 0 … 3"),
    (small_boxes, "8 of 8 boxes hold no anchor"),
    (large_box, "DFL targets are clamped to 6.99 cells"),
    (no_labels, "there are no labels"),
    (transposed, "maps[1] is transposed: (H, W) = (12, 8) does not fit"),
    (channels_last, "channels come last: is it transposed (NHWC)?"),
    (channels_last_of_unknown_classes, "channels come last: is it transposed (NHWC)?"),
    (reversed_levels, "maps come in reverse order: (4, 6), (8, 12), (16, 24) are of strides 32, 16, 8"),
    (probabilities, "of them: probabilities, it seems, to which sigmoid is applied a second time"),
    (no_width, "label 2 of image 1 is dropped: it has no area: it is 0 × "),
    (far_outside, "label 2 of image 1 is dropped: taken for padding"),
)


@pytest.mark.parametrize("change, words", BROKEN, ids=[change.__name__ for change, _ in BROKEN])
def test_the_cause_stands_in_the_first_three_lines(change, words):
    page = explaining.text(stages.explained(*change(*inputs()), DIALECT))

    assert words in "\n".join(page.split("\n")[:3]), page
    assert len(page.split("\n")) < 50


def test_the_transposed_map_is_named_where_the_others_are_small():
    shapes = ((12, 16), (8, 6), (3, 4))
    maps = [np.random.default_rng(0).normal(size=(1, 35, *shape)) for shape in shapes]

    page = explaining.text(stages.explained(maps, np.array([[0, 0, 0.5, 0.5, 0.4, 0.4]]), DIALECT))

    assert page.startswith("maps[1] is transposed: (H, W) = (8, 6) does not fit (12, 16), (3, 4)")


def test_boxes_smaller_than_a_cell_are_told_where_they_are_widened():
    page = explaining.text(stages.explained(*small_boxes(*inputs()), replace(DIALECT, widen_gts="to_second_stride")))

    assert page.startswith("8 of 8 boxes are smaller than a cell of 8 px: what they claim, they claim widened to 16 px")


def test_corners_given_for_middle_and_sides_are_told():
    maps, targets = inputs()
    middle, sides = targets[:, 2:4] + 0.2, targets[:, 4:].copy()
    targets[:, 2:4], targets[:, 4:] = middle - sides / 2, middle + sides / 2

    page = explaining.text(stages.explained(maps, targets, DIALECT))

    assert page.startswith("labels are x1, y1, x2, y2, it seems, not cx, cy, w, h")


def test_nothing_is_wrong_with_what_is_right():
    page = explaining.text(stages.explained(*inputs(), DIALECT))

    assert page.startswith("nothing is wrong with these maps and labels")
    assert "labels: 8, dropped 0" in page


def test_the_loss_of_all_images_and_levels_is_that_of_the_reference():
    from refimpl import detection_loss

    maps, targets = inputs()

    found = stages.explained(maps, targets, DIALECT)

    assert np.allclose(found.losses.sum(axis=(0, 1)), detection_loss(maps, targets, dialect=DIALECT).components, rtol=1e-9)


def test_a_gap_in_the_indices_within_the_batch_is_told():
    maps, targets = inputs()

    page = explaining.text(stages.explained(maps, targets[targets[:, 0] != 1], DIALECT))

    assert "images 1 have no label, though image 3 has" in page.split("\n")[0]


def test_one_image_of_several_is_no_gap_in_the_indices():
    page = explaining.text(stages.explained(*inputs(), DIALECT), image=3)

    assert page.startswith("nothing is wrong") and "labels: 2, dropped 0" in page


def test_a_file_is_explained_from_the_command_line(tmp_path, capsys):
    maps, targets = in_px(*inputs())
    path = tmp_path / "mine.npz"
    np.savez(path, targets=targets, reg_max=8, **{f"maps.{i}": level for i, level in enumerate(maps)})

    code = cli.main(["explain", str(path), "--image", "2"])

    assert code == 1 and capsys.readouterr().out.startswith("labels are in px")


@pytest.mark.parametrize("arrays, words", [({"x": np.zeros(1)}, "expected maps.0, maps.1, … and targets, got x")])
def test_a_file_without_maps_is_refused(tmp_path, capsys, arrays, words):
    np.savez(tmp_path / "mine.npz", **arrays)

    assert cli.main(["explain", str(tmp_path / "mine.npz")]) == 2
    assert words in capsys.readouterr().err
