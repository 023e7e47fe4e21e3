"""The 84-anchor scene of docs/: its stages lead to what the assigner answers, and its words say what its numbers do."""

from dataclasses import replace

import numpy as np
import pytest
import refimpl

from conformance.ops.assigner.seed_scene import printed, scene
from conformance.publishing.evidence import stored
from refimpl.scores import target_scores


@pytest.fixture(scope="module")
def of():
    return scene(stored())


def test_the_stages_lead_to_what_the_assigner_answers(of):
    scores = target_scores(of.alignment, of.owners, of.padded.gt_labels[:1], dialect=of.dialect)

    assert np.array_equal(of.owners.fg_mask, of.assigned.fg_mask)
    assert np.array_equal(of.owners.target_gt_idx, of.assigned.target_gt_idx)
    assert np.array_equal(scores, of.assigned.target_scores)


def test_claims_inside_alone_are_those_of_the_usual_dialect(of):
    usual = replace(of.dialect, topk_among=refimpl.YOLOV8.topk_among)

    assert usual == replace(refimpl.YOLOV8, name=of.dialect.name, num_classes=3, strides=of.dialect.strides)


def test_the_scene_is_as_the_words_of_its_page_have_it(of):
    t, claimed = of.alignment.metric[0], of.claimed[0]

    assert not t[1].any() and claimed[:2].sum(axis=-1).tolist() == [10, 10]
    assert claimed.sum(axis=0).max() == 1, "no anchor is claimed twice"
    assert of.inside[0, 0][claimed[0]].all() and not of.inside[0, 1][claimed[1]].all()
    assert of.assigned.target_scores[0].sum() < 1, "S is raised to 1"


def test_all_that_the_seed_printed_is_found_again():
    compared, agreeing = printed(stored())

    assert compared == agreeing > 2000


def test_another_number_than_printed_is_noticed():
    right = stored().tensors
    wrong = stored()._replace(tensors=lambda case: {n: x + (n[:4] == "out.") for n, x in right(case).items()})

    compared, agreeing = printed(wrong)

    assert compared > agreeing
