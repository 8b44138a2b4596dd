"""``python -m grader.cli``, for where the console script is not on the path."""

import sys

from grader.cli import main

sys.exit(main())
