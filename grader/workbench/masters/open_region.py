"""Follows the regions of a cell from line to line, and notes those that do not begin and end as they should."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.errors import Mistake
from grader.workbench.masters.markers import Region, RegionMarker
from grader.workbench.masters.master_file import MasterCell


@dataclass(slots=True)
class OpenRegion:
    cell: MasterCell
    mistakes: list[Mistake] = field(default_factory=list)
    _opened: tuple[int, Region] | None = None

    @property
    def region(self) -> Region | None:
        """The region that the next line is in; None: it is in none."""
        return self._opened[1] if self._opened is not None else None

    def meet(self, marker: RegionMarker, number: int) -> bool:
        """A marker on a line. Returns whether a region begins with it."""
        if marker.begins and self._opened is None:
            self._opened = (number, marker.region)
            return True
        if not marker.begins and self.region == marker.region:
            self._opened = None
        elif self._opened is None:
            text = f"END {marker.region} has no BEGIN {marker.region}"
            self.mistakes.append(self.cell.mistake(number, text))
        else:
            side = "BEGIN" if marker.begins else "END"
            line, region = self._opened
            text = f"{side} {marker.region} inside of BEGIN {region} (line {line}), which has no end yet"
            self.mistakes.append(self.cell.mistake(number, text))
        return False

    def close(self) -> None:
        """The cell ends."""
        if self._opened is not None:
            number, region = self._opened
            text = f"BEGIN {region} has no END {region} in this cell"
            self.mistakes.append(self.cell.mistake(number, text))
