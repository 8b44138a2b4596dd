"""What notebooks of Google Colab import. There is no Drive, no browser and no account here, and nobody is asked."""

from . import drive, files, output, userdata

__all__ = ["drive", "files", "output", "userdata"]
