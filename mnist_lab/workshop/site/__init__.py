"""The website of the series: the committed lessons as pages that need no network."""
