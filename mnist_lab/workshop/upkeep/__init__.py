"""Scripts that write committed files: the figures in README and TEACHING, the digits, install sizes."""
