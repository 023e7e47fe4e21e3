"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import LICENSED, OUTSIDE, Otherwise

OTHERWISE = (
    Otherwise("ema_update", "", "torch swa_utils and Ultralytics interpolate: e + (1 − d) · (m − e)", "torch.lerp", LICENSED),
    Otherwise("ema_update", "", "integer buffers stay, take the weights, or are averaged and cut off", "Ultralytics, timm V3, timm V2", OUTSIDE),
)  # fmt: skip
