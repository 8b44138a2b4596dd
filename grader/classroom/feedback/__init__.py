"""Feedback to hand back: for what every student or group handed in a file, named so that the platform takes it back.

write_feedback    from a gradebook to a folder or zip, one student at a time; the entry point
handed_in         what was handed in together, as far as names need it
layouts/          how each platform wants files to be called; the registry
safe_names        names that every file system takes
student_feedback  what a student gets to read: reports with what counts and what lateness cost
outputs           a folder, or a zip that is there as a whole or not at all
"""
