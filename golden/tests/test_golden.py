"""The cases as a whole: what they cover, where they come from, and that they can be read."""

import dataclasses
import re
import shutil
import subprocess

import numpy as np
import pytest

from conformance.ops.spec import CLAUSES
from golden.check import read_case
from golden.definitions import DEFINITIONS, ERRATA
from golden.manifest import read_manifest
from golden.store import HOME
from refimpl import LABEL_ASSIGNER, YOLOV8

ENTRIES = {entry.id: entry for entry in read_manifest(HOME)[0]}


def stored(id):
    """The tensors of a case."""
    return read_case(HOME, ENTRIES[id])


def test_every_clause_has_a_case():
    shown = {clause for entry in ENTRIES.values() for clause in entry.clauses}

    assert shown == set(CLAUSES)


def test_ids_are_unique_and_kebab_case():
    ids = [definition.id for definition in DEFINITIONS]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) for id in ids)


def test_every_case_names_the_bug_it_catches_and_its_source():
    for definition in DEFINITIONS:
        assert re.fullmatch(r"catches: \S.*", definition.why), definition.id
        assert definition.source, definition.id


def test_cases_are_of_hand_size():
    by_seed = ("seed-000-", "recorded-step-")
    large = [id for id, entry in ENTRIES.items() if entry.file["size"] > 20_000 and not id.startswith(by_seed)]

    assert large == []


def test_the_survey_s_figures_stand_beside_the_pairs_on_which_implementations_part():
    figures = {
        "ciou-nested": [0.61121], "ciou-identical": [1], "ciou-lying-on-standing": [-0.02561],
        "ciou-far-extreme-aspect": [-1.3075], "ciou-point-inside": [-0.05], "ciou-two-points": [0, -1],
        "ciou-inverted-in-x": [-0.5], "ciou-thousandth-px": [0.76512], "ciou-three-scales": [0.5623, 0.6107, 0.6112],
        "ciou-transposed": [0.79810, 0.79804],
    }  # fmt: skip

    for id, printed in figures.items():
        tensors = stored(id)
        assert tensors["printed.values"].tolist() == printed
        assert (np.abs(tensors["out.values"] - printed) <= tensors["printed.values.half"]).all()
        assert (tensors["printed.values.half"] <= 0.5).all()


def test_one_value_has_two_gradients_as_alpha_is_constant_or_not():
    held, free = (stored(f"gradient-ciou-alpha-{kind}") for kind in ("constant", "differentiated"))

    assert all((held[name] == free[name]).all() for name in held if name.startswith("in."))
    off = np.abs(held["out.boxes1"] - free["out.boxes1"])
    assert (off > held["out.boxes1.bound32"] + free["out.boxes1.bound32"]).all()


def test_a_prediction_without_area_has_the_gradient_the_survey_printed():
    tensors = stored("gradient-ciou-point-inside")

    assert tensors["printed.boxes1"][0, [0, 2]].tolist() == [-1.27e6, 1.27e6]
    assert (tensors["out.boxes1.bound32"] < 100).all()


def test_the_discriminating_scenes_have_their_known_outcomes():
    assert stored("x1-largest-overlap-does-not-contain")["out.target_gt_idx"][0, 0] == 1
    assert (stored("x2-owner-did-not-claim")["out.target_gt_idx"] == 2).sum() == 3
    assert stored("x3-scores-of-zero")["out.fg_mask.count"].tolist() == [[3, 3]]
    assert not stored("x3-scores-of-zero")["out.fg_mask.lo"].any()
    assert stored("x5-candidates-on-an-edge")["out.inside"].sum() == 5
    assert stored("x7-large-box-fine-anchors")["out.fg_mask"].tolist() == [[True, True, True, False, False]]
    assert stored("x8-two-equal-boxes")["out.target_gt_idx.legal"][0, :2].all()
    assert stored("targets-negative-sum")["out.mask_gt"].ravel().tolist() == [False, True, False]
    assert stored("candidates-5-px-box")["out.inside"].sum() == 1
    assert stored("candidates-5-px-box-widened")["out.inside"].sum() == 4


def test_the_scene_of_seed_000_is_in_its_own_dialect_and_its_second_box_owns_anchors_outside():
    entry, tensors = ENTRIES["seed-000-assign"], stored("seed-000-assign")

    outside = tensors["out.fg_mask"][0] & (tensors["out.target_gt_idx"][0] == 1) & ~stored("seed-000-inside")["out.inside"][0, 1]

    assert entry.dialect == dataclasses.replace(LABEL_ASSIGNER, num_classes=3, strides=(80, 160, 320))
    assert np.flatnonzero(outside).tolist() == [0, 1, 2, 6, 7, 8, 9]


def test_the_seeds_mistakes_are_recorded_with_what_is_right():
    slips = {(erratum["seed_says"], erratum["right"]) for erratum in ERRATA}

    assert {("3.58", "4.74"), ("21.88", "23.04"), ("t = s^α + u^β", "t = s^α · u^β")} <= slips


def test_the_score_of_seed_004_is_the_product_and_not_the_sum():
    score, overlap = 0.4, 0.5

    metric = stored("seed-004-metric")["out.metric"][0, 0, 0]

    assert metric == pytest.approx(score**YOLOV8.alpha * overlap**YOLOV8.beta, rel=1e-6)
    assert metric < 0.1 < score**YOLOV8.alpha + overlap**YOLOV8.beta


def blocks(language):
    """The code of that language in the README."""
    return re.findall(rf"```{language}\n(.*?)```", (HOME / "README.md").read_text("utf-8"), re.S)


def test_the_readme_s_python_reads_and_judges_a_case():
    (code,) = blocks("python")

    exec(compile(code.replace('"golden"', repr(str(HOME))), "README.md", "exec"), {})


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_the_readme_s_c_reads_a_tensor(tmp_path):
    (code,) = blocks("c")
    (tmp_path / "read.c").write_text(code)
    shutil.unpack_archive(HOME / "cases" / "ciou-nested.npz", tmp_path, "zip")

    subprocess.run(["cc", "-o", "read", "read.c"], cwd=tmp_path, check=True)
    out = subprocess.run(["./read", "out.values.npy"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert float(out) == stored("ciou-nested")["out.values"][0]
