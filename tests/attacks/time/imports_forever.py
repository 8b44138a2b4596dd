"""Loops in import hooks and in codecs, which the recorder may come through after a statement."""

import builtins
import codecs
import sys


def endless(*arguments, **options):
    while True:
        pass


class Finder:
    find_spec = staticmethod(endless)


sys.meta_path.insert(0, Finder())
sys.path_hooks.insert(0, endless)
sys.path_importer_cache.clear()
codecs.register(endless)
codecs.register_error("replace", endless)
builtins.__import__ = endless
print("half a pair: \ud800")
