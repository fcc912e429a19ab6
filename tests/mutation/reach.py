"""Pytest plugin: writes which functions of the library each test calls, and how long the test takes.

A test that starts a process is taken to call all of the library.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

LIBRARY = "/workflow/applicability/"
ALL = "*"  # instead of a function: every function may be called
REACHED = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Watch one test, its fixtures included."""
    called = set()

    def watch(frame, event, _):
        code = frame.f_code
        _, inside, path = code.co_filename.partition(LIBRARY)
        if inside:
            called.add(f"workflow/applicability/{path}:{code.co_qualname.split('.<locals>')[0]}")
        elif code.co_qualname == "Popen.__init__":
            called.add(ALL)

    began = time.perf_counter()
    threading.settrace(watch)
    sys.settrace(watch)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        REACHED[item.nodeid] = {"seconds": time.perf_counter() - began, "calls": sorted(called)}


def pytest_sessionfinish(session):
    """Write what was seen, a file for each process of pytest-xdist."""
    if REACHED:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        Path(os.environ["REACH"], f"{worker}.json").write_text(json.dumps(REACHED))
