"""Cases of the gradient of areas."""

from conformance.cases.gradients import gradients
from conformance.tests.families.box_area.cases import CASES

GRADIENT_CASES = {"box_area": gradients("box_area", CASES["box_area"])}
