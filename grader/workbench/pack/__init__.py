"""``grade pack``: what students get of a course.

revealed       what the checks of a pack tell those who read them
staged_pack    StagedPack: a pack that is being made, in a folder with the solutions
make_pack      make_pack: all files of a pack, and what is in it in words
"""
