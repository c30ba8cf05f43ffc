#!/usr/bin/env python3
"""Fails when a header of include/ does not compile by itself, with plain flags and each compiler that is there.

usage: public_headers.py INCLUDE_DIRECTORY COMPILER…
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-x", "c++", "-"]

root = pathlib.Path(sys.argv[1])
headers = sorted(x.relative_to(root) for x in root.rglob("*.hpp"))
compilers = [x for x in sys.argv[2:] if shutil.which(x)]


def complaint(job):
    compiler, header = job
    done = subprocess.run([compiler, f"-I{root}", *FLAGS], input=f"#include <{header}>\n", capture_output=True, text=True)
    return f"{compiler}, {header}:\n{done.stderr}" if done.returncode else None


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    bad = [x for x in pool.map(complaint, [(c, h) for c in compilers for h in headers]) if x]
print("\n".join(bad) or f"public headers ok: {len(headers)}, by {', '.join(compilers)}")
sys.exit(bool(bad) or not headers or not compilers)
