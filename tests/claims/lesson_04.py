"""What lesson 04 says of its own figures."""

CLAIMS = [
    ("It is handed over as if it were a Python number.", lambda r: r["single_number_mixes"] == 1),
    (
        "This layer knows nothing yet, and does no better.",
        lambda r: r["untrained_accuracy"] < 0.2,
    ),
    ("The first run (orange) also prepares", lambda r: r["first_run_to_later_ones"] > 1.2),
    (
        "take more time than the linear layers with their many",
        lambda r: r["time_in_convolutions"] > 1.5 * r["time_in_linear_layers"] > 0,
    ),
    ("Pooling has no weight at all, and is far from free", lambda r: r["time_in_pooling"] > 0.03),
    (
        "The calculated gain grows with the batch",
        lambda r: r["gain_of_one_image"] < r["gain_of_ten_images"] < r["gain_of_300_images"],
    ),
    ("A float32 has about seven significant digits", lambda r: 0 < r["sums_differ_by"] < 1e-6),
    ("On one device the seed repeated every bit", lambda r: r["repeated_difference"] == 0),
    (
        "With another order the difference begins in the last digit and grows",
        lambda r: 0 < r["first_difference"] < 1e-6 and r["largest_difference"] > 2 * r["first_difference"],
    ),
    (
        "a difference in the third significant digit of the large logits is no rounding",
        lambda r: r["other_order_off_by"] < 1e-5,
    ),
    ("With TF32 on, the fourth may differ", lambda r: 1e-5 < r["short_numbers_off_by"] < 1e-3),
    (
        "with the memory handed back, the pages come by the thousand in every step, and the speed falls",
        lambda r: (
            "pages_batches_of_200_memory_kept" not in r  # not Linux
            or (
                200 * r["pages_batches_of_200_memory_handed_back"] > 1000
                and r["pages_batches_of_200_memory_kept"] < 10
                and r["speed_batches_of_200_memory_kept"] > 1.1 * r["speed_batches_of_200_memory_handed_back"]
            )
        ),
    ),
    (
        "each later one saves a little",
        lambda r: (
            r["both_shown"] == 1
            and r["chain_compiled_ms"] < r["chain_ms"]
            and r["network_compiled_ms"] < r["network_ms"]
        ),
    ),
]
