"""Run lessons with papermill: which ones, with what parameters, into which pages and tables."""
