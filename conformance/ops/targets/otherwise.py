"""Who decides otherwise, where no mutant says so already."""

from conformance.ops.otherwise import FIELD, LICENSED, Otherwise

OTHERWISE = (
    Otherwise(
        "pad_targets",
        "any_target_order",
        "Ultralytics from 8.4.25 on needs its targets sorted by image, and fails on others",
        "Ultralytics #23966",
        FIELD,
    ),
    Otherwise(
        "pad_targets",
        "",
        "some scale centre and size before they take corners, some after",
        "seeds 000 and 001",
        LICENSED,
    ),
)
