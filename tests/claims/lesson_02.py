"""What lesson 02 says, and the figures of its committed run that carry it."""


def upright(r, shown):
    return [r[f"upright_{shown}_run_{run}"] for run in (1, 2)]


def both_lower(r, flip):
    """Whether the digits as written lost by the flip, each run beside the plain one of the same seed."""
    return all(f < p for p, f in zip(upright(r, "nothing"), upright(r, flip), strict=True))


def drop(r, row):
    return r[f"{row}_validation"] - r[f"{row}_test"]


CLAIMS = [
    (
        "The raw runs do not agree with each other.",
        lambda r: r["raw_usual_most"] - r["raw_usual_least"] > 0.2,
    ),
    (
        "they get further than the measured ones did at 0.01",
        lambda r: r["raw_fitting_least"] > r["measured_usual_most"] + 0.1,
    ),
    (
        "measured pixels, which learn more with ten times as much",
        lambda r: r["measured_faster_least"] > r["measured_usual_most"],
    ),
    ("In 0…1 the network learned least in both runs", lambda r: r["adam_least_in_0_to_1"]),
    ("raw pixels, which troubled SGD, do as well as any", lambda r: r["adam_raw_beside_measured"] > -0.05),
    (
        "a network that was shown a flip reads that flip",
        lambda r: (
            r["mirrored_reads_mirrored"] > r["plain_reads_mirrored"] + 0.2
            and r["upended_reads_upended"] > r["plain_reads_upended"] + 0.2
        ),
    ),
    (
        "They read fewer of them in both runs.",
        lambda r: both_lower(r, "flips_left_to_right") and both_lower(r, "flips_top_to_bottom"),
    ),
    (
        "as written, a digit rarely has a neighbour of another label. Flipped, most do.",
        lambda r: (
            r["same_label_as_written"] > 0.9 and max(r["same_label_mirrored"], r["same_label_upended"]) < 0.5
        ),
    ),
    ("More than half of the 5s flipped top to bottom", lambda r: r["upended_5_as_2"] > 0.5),
    ("more than half of the 9s a 6", lambda r: r["upended_9_as_6"] > 0.5),
    (
        "the leaky network reads about as well as the honest one with as many digits",
        lambda r: abs(r["network_leaky_test"] - r["network_as_many_test"]) < 0.02,
    ),
    (
        "it alone makes next to no errors",
        lambda r: r["network_leaky_validation"] > 0.99 > r["network_as_many_validation"] + 0.02,
    ),
    (
        "Every honest row of the table, too, falls a little from validation to test",
        lambda r: all(
            0 < drop(r, f"{reader}_{who}") < 0.05
            for reader in ("network", "neighbour")
            for who in ("few", "as_many")
        ),
    ),
    (
        "The leaky rows fall much farther than the honest ones with as many digits.",
        lambda r: all(
            drop(r, f"{reader}_leaky") > drop(r, f"{reader}_as_many") + 0.03
            for reader in ("network", "neighbour")
        ),
    ),
    ("came faster by the factor printed above", lambda r: r["speed_ratio"] > 2),
]
