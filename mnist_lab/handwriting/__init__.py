"""Digits on paper: from a photo of a page to images like MNIST's."""
