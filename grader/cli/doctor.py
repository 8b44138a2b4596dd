"""``grade doctor``: what this machine offers, which isolation ``grade`` gets here, and how to get more."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.cli import advice
from grader.course import find_course
from grader.errors import GraderError, SandboxError
from grader.model import Isolation, Level
from grader.report.text import clean_line, count
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.worker import Worker
