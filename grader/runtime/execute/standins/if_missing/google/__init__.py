"""The package of ``google.colab``."""
