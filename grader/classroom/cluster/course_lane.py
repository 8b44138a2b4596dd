"""A lane on a worker of a cluster (``python -m grader.classroom.cluster.course_lane FOLDER``).

FOLDER is a private folder that holds the course's archive. The lane unpacks it, grades by it as a lane of this machine
does (``batch.lane_process``), and removes FOLDER in the end, also where the Dask worker that started it was killed.
"""

from __future__ import annotations

import logging
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from grader.classroom.batch import messages
from grader.classroom.batch.lane_process import LogToPool, grade_in_lane, start_of, take_channel
from grader.classroom.cluster.course_content import folder_of_layer, unpack_course
from grader.errors import GraderError
from grader.pipeline.options import decode_options

ARCHIVE = "archive"
"""The file in FOLDER."""


def main() -> int:
    folder = Path(sys.argv[1])
    channel = take_channel()
    try:
        start = start_of(channel)
        if start is None:
            return 0
        logging.getLogger("grader").addHandler(LogToPool(channel))
        asked = decode_options(start)
        course = folder / "course" / start["course_name"]
        try:
            course.parent.mkdir(mode=0o711)
            with (folder / ARCHIVE).open("rb") as archive:
                unpack_course(archive, course)
        except GraderError as error:
            channel.send(messages.encode_error(error))
            return 0
        (folder / ARCHIVE).unlink()
        trusted = tuple((course / folder_of_layer(position)).resolve() for position in start["layers_trusted"])
        options = replace(asked, course=course, trusted_checks=trusted, hide=(*asked.hide, folder))
        bases = {str(course / folder_of_layer(n)): name for n, name in enumerate(start["layers_shown"]) if n}
        return grade_in_lane(channel, options, rename={**bases, str(course): start["course_shown"]})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
