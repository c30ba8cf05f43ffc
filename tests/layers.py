#!/usr/bin/env python3
"""Fails when a folder of src/ includes a folder, or a library, that it must not know; or a header of
include/ anything but its neighbours, nlohmann/json and the standard library.

usage: layers.py REPOSITORY
"""
import pathlib
import re
import sys

MAY = {  # folder -> folders that it may include; arrows point inward
    "base": set(),
    "protocol": {"base"},
    "chat": {"base"},
    "dialect": {"base", "chat"},
    "store": {"base", "chat"},
    "net": {"base", "protocol"},
    "io": {"base", "protocol", "net"},
    "library": {"base", "protocol", "net", "io"},
    "actors": {"base", "chat", "store", "net"},  # of net: its interface header only
    "engine": {"base", "chat", "dialect", "actors", "net", "io"},
    "api": {"base", "chat", "dialect", "actors", "net", "engine"},
    "app": {"*"},
}
INTERFACE_OF_NET = "net/interface.hpp"
FENCES = {  # library -> folders that may include it
    "caf/": {"actors", "net", "io", "library", "engine", "api", "app"},
    "boost/": {"net", "library"},
    "soci/": {"store"},
}


def complaints(file, here):
    for line in file.read_text().splitlines():
        if own := re.match(r'#include "(\w+)/(.+)"', line):
            there = own[1]
            if there in MAY and there != here and "*" not in MAY[here] and there not in MAY[here]:
                yield f"{file}: {here} must not include {there}"
            if here == "actors" and there == "net" and f"{there}/{own[2]}" != INTERFACE_OF_NET:
                yield f"{file}: of net, actors may include only {INTERFACE_OF_NET}"
        elif library := re.match(r"#include <(\w+/)", line):
            if library[1] in FENCES and here not in FENCES[library[1]]:
                yield f"{file}: {here} must not include {library[1]}"


def complaints_of_public(file):
    for included in re.findall(r'^#include (["<].+[">])', file.read_text(), re.M):
        if not re.fullmatch(r'"stentor/\w+\.hpp"|<nlohmann/json\.hpp>|<\w+>', included):
            yield f"{file}: a public header must not include {included}"


root = pathlib.Path(sys.argv[1])
sources = sorted((root / "src").rglob("*.[hc]pp"))
public = sorted((root / "include").rglob("*.hpp"))
bad = [text for file in sources for text in complaints(file, file.relative_to(root / "src").parts[0])]
bad += [text for file in public for text in complaints_of_public(file)]
print("\n".join(bad) or f"layers ok: {len(sources) + len(public)} files")
sys.exit(bool(bad) or not sources or not public)
