"""What the bench prints: one JSON object a line."""

import json


def line(
    name: str,
    value: float,
    unit: str,
    reference: float | None = None,
    limit: float | None = None,
    *,
    spread: bool = False,
    **more: object,
) -> bool:
    """Print a measure and say whether it holds.

    `limit` bounds value / reference, or value − reference where `spread`; without a limit it is reported, not judged.
    """
    ratio = value / reference if reference else None
    judged = value - (reference or 0) if spread else (value if ratio is None else ratio)
    ok = None if limit is None else judged <= limit
    measure = {"name": name, "value": round(value, 2), "unit": unit}
    measure |= {
        "reference": None if reference is None else round(reference, 2),
        "ratio": None if ratio is None else round(ratio, 2),
    }
    print(json.dumps({**measure, "limit": limit, "ok": ok, **more}, ensure_ascii=False), flush=True)
    return ok is not False
