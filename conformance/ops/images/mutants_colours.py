"""Faults in tables of colours and in mixed images."""

from __future__ import annotations

import numpy as np

from conformance.ops.mutant import mutant
from conformance.ops.mutant_parts import under


@mutant("hsv_tables", "hue is multiplied, not turned", "AUG-5", seen="Ultralytics before 8.3.79", convention=True)
def hue_multiplied(self, right, gains):
    return under(self, hue_gain="multiplies").hsv_tables(gains)


@mutant("hsv_tables", "a hair below no turn gives hue 180", "AUG-5", seen="Ultralytics RandomHSV")
def hue_180(self, right, gains):
    hue = ((np.arange(256) + np.float64(gains[0]) * 180) % 180).astype(np.uint8)
    return np.concatenate([hue[np.newaxis], right(gains)[1:]])


@mutant("hsv_tables", "hue turns by 256, not by 180", "AUG-5")
def hue_of_256(self, right, gains):
    found = right(gains)
    found[0] = np.floor(np.arange(256) + gains[0] * 180) % 256
    return found


@mutant("hsv_tables", "hue saturates instead of turning", "AUG-5")
def hue_saturates(self, right, gains):
    found = right(gains)
    found[0] = np.clip(np.arange(256) + gains[0] * 180, 0, 179)
    return found


@mutant("hsv_tables", "levels past 255 wrap", "AUG-5", seen="YOLOX #802, netspresso #411")
def levels_wrap(self, right, gains):
    found = right(gains)
    found[1:] = np.floor(np.arange(256) * (1.0 + gains[1:, np.newaxis].astype(float))) % 256
    return found


@mutant("hsv_tables", "fractions are rounded, not cut off", "AUG-5")
def levels_rounded(self, right, gains):
    found = right(gains)
    found[1:] = np.clip(np.rint(np.arange(256) * (1.0 + gains[1:, np.newaxis].astype(float))), 0, 255)
    return found


@mutant("hsv_tables", "gains are of value, saturation and hue", "AUG-5")
def gains_turned_round(self, right, gains):
    return right(gains[::-1])


@mutant("hsv_tables", "a gain is a factor, not a share on top", "AUG-5")
def gains_as_factors(self, right, gains):
    return right(np.concatenate([gains[:1], gains[1:] - 1]))


@mutant("hsv_tables", "saturation 0 is raised with the others", "AUG-5")
def grey_coloured(self, right, gains):
    found = right(gains)
    found[1, 0] = 1
    return found


@mutant("mixup", "both images have the weight lambda", "MIX-1", "MIX-2", seen="seed 001")
def mixed_by_lambda_twice(self, right, image1, image2, lam):
    return np.floor((image1.astype(float) + image2) * lam).astype(np.int64).astype(np.uint8)


@mutant("mixup", "levels are rounded, not cut off", "MIX-2", convention=True, seen="albumentations")
def mixed_to_nearest(self, right, *arguments):
    return under(self, mixup_rounding="nearest").mixup(*arguments)


@mutant("mixup", "the weight is that of the second image", "MIX-1", "MIX-2")
def mixed_the_other_way(self, right, image1, image2, lam):
    return right(image2, image1, lam)


@mutant("mixup", "both images have the same weight", "MIX-1", "MIX-2", seen="YOLOX", convention=True)
def mixed_half_and_half(self, right, image1, image2, lam):
    return right(image1, image2, 0.5)


@mutant("mixup", "levels are added in 8 bits", "MIX-1", "MIX-2")
def mixed_in_8_bits(self, right, image1, image2, lam):
    weight = int(lam * 255)
    return ((image1.astype(np.int64) * weight % 256) + (image2.astype(np.int64) * (255 - weight) % 256)) % 256


@mutant("mixup", "each image is cut off by itself before they are added", "MIX-1", "MIX-2")
def mixed_after_cutting(self, right, image1, image2, lam):
    return np.floor(lam * image1.astype(float)) + np.floor((1 - lam) * image2.astype(float))


@mutant("mixup", "channels are turned round: BGR for RGB", "MIX-1", "MIX-2")
def mixed_bgr(self, right, image1, image2, lam):
    return right(image1, image2, lam)[..., ::-1]


@mutant("mixup", "the weight is rounded to a tenth", "MIX-1", "MIX-2")
def mixed_by_tenths(self, right, image1, image2, lam):
    return right(image1, image2, round(lam, 1))


@mutant("mixup", "the weight is rounded to half precision", "MIX-1", "MIX-2")
def weight_in_half_precision(self, right, image1, image2, lam):
    return right(image1, image2, float(np.float16(lam)))


@mutant("mixup", "the heavier image alone is taken", "MIX-1", "MIX-2")
def mixed_by_choice(self, right, image1, image2, lam):
    return image1 if lam >= 0.5 else image2
