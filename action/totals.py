"""Prints the points of all submissions in a result of ``grade --format json``, as outputs of a step of action.yml."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def totals(document: Any) -> dict[str, str]:
    results = document if isinstance(document, list) else [document]
    return {
        "all-passed": str(all(result["passed"] for result in results)).lower(),
        "score": f"{sum(result['score'] for result in results):g}",
        "max-score": f"{sum(result['max_score'] for result in results):g}",
        "report": sys.argv[1],
    }


if __name__ == "__main__":
    for name, value in totals(json.loads(Path(sys.argv[1]).read_bytes())).items():
        print(f"{name}={value}")
