"""Services that the tests cannot reach, built from their published descriptions."""
