#!/usr/bin/env python3
"""Fails when a release binary lacks a protection that its build promises.

usage: hardening.py BINARY
"""
import subprocess
import sys


def readelf(*arguments):
    return subprocess.run(["readelf", "--wide", *arguments, sys.argv[1]], check=True, capture_output=True, text=True).stdout


header, segments, dynamic, symbols = (readelf(x) for x in ("-h", "-l", "-d", "--dyn-syms"))
checks = {
    "position independent (-pie)": "DYN (" in header,
    "relocations read-only (-z relro)": "GNU_RELRO" in segments,
    "bound at start (-z now)": "BIND_NOW" in dynamic or "NOW" in dynamic,
    "stack not executable": " RWE " not in next(line for line in segments.splitlines() if "GNU_STACK" in line),
    "stack protector": "__stack_chk_fail" in symbols,
    "fortified libc calls": "_chk@" in symbols.replace("__stack_chk_fail", ""),
}
missing = [what for what, there in checks.items() if not there]
print("\n".join(f"missing: {what}" for what in missing) or f"hardening ok: {len(checks)} protections")
sys.exit(bool(missing))
