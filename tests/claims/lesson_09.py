"""What lesson 09 says of its own figures."""

CLAIMS = [
    (
        "Augmentation helps where it practised, and against noise it harms; both are shown.",
        lambda r: all(
            r[f"augmentation_{name}"].startswith(sign)
            and r[f"augmentation_{name}"].endswith(" shown")
            and "not shown" not in r[f"augmentation_{name}"]
            for name, sign in {"shift": "+", "rotation": "+", "noise": "-"}.items()
        ),
    ),
    (
        "For the other three changes these runs leave it open.",
        lambda r: all(
            r[f"augmentation_{name}"].endswith("not shown") for name in ("blur", "thicker", "thinner")
        ),
    ),
    (
        "Further than it practised: most is gained at about thirty degrees.",
        lambda r: max((0, 10, 20, 30, 45, 60), key=lambda angle: r[f"gain_at_{angle}_degrees"]) == 30,
    ),
    (
        "at sixty it no longer comes",
        lambda r: r["gain_at_60_degrees"] < 0.01,
    ),
]
