#!/usr/bin/env python3
"""Installs a build as a stranger would, builds the project beside this file against it in every way that docs/library.md names, and talks
to what comes out.

usage: run.py BUILD_DIRECTORY
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
MANUAL = HERE.parent.parent / "docs" / "library.md"
SAID_MAX_S = 10  # far more than an answer takes
NETWORK = urllib.request.build_opener(urllib.request.ProxyHandler({}))

DOC = "share/doc/stentor"
INSTALLED = ["bin/stentord", "include/stentor/stentor.hpp", f"{DOC}/library.md", f"{DOC}/stentor.toml", f"{DOC}/stentor.service"]

FRAGMENTS_BEGIN = """#include <stentor/stentor.hpp>
#include <iostream>
#include <thread>
using namespace std::chrono_literals;
"""


def run(*command, **more):
    done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stdout}")
    return done.stdout


def check(wanted, got, what):
    if wanted != got:
        raise SystemExit(f"{what}: {got!r} instead of {wanted!r}")


class Client:
    """Socket.IO over long-polling, as far as it is needed here."""

    def __init__(self, url):
        self.url = f"{url}/socket.io/?EIO=4&transport=polling"
        self.packets = []
        self.url += "&sid=" + json.loads(self.hear()[1:])["sid"]
        self.say("40")
        check("40", self.hear()[:2], "the answer to CONNECT")

    def request(self, body=None):
        with NETWORK.open(self.url, body, SAID_MAX_S) as answer:
            return answer.read().decode()

    def say(self, packet):
        check("ok", self.request(packet.encode()), "the answer to a POST")

    def hear(self):
        """The next packet that is no ping."""
        while True:
            if not self.packets:
                self.packets = self.request().split("\x1e")
            if (packet := self.packets.pop(0)) == "2":
                self.say("3")
            else:
                return packet


def talk_to(program):
    server = subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip().replace("localhost", "127.0.0.1")
        ada, bob = Client(url), Client(url)
        ada.say('420["hello","Ada"]')
        check('430["hello, Ada"]', ada.hear(), "the acknowledgement")
        check('42["arrived","Ada"]', bob.hear(), "the event to the others")
        bob.say("41")
        check("one has left: client namespace disconnect\n", server.stdout.readline(), "what the server says of a leaver")
        server.send_signal(signal.SIGTERM)
        check(0, server.wait(SAID_MAX_S), f"how {program.name} ends")
    finally:
        server.kill()
        server.wait()


def by_cmake(prefix, scratch):
    build = scratch / "cmake"
    run("cmake", "-S", HERE, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror")
    run("cmake", "--build", build)
    return build / "hello"


def by_pkg_config(compiler, prefix, scratch):
    (path,) = prefix.rglob("stentor.pc")
    flags = run("pkg-config", "--cflags", "--libs", "stentor", env={**os.environ, "PKG_CONFIG_PATH": str(path.parent)}).split()
    program = scratch / compiler
    run(compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", HERE / "main.cpp", "-o", program, *flags)
    return program


def manual_blocks():
    return re.findall(r"^```(\w+)\n(.*?)^```$", MANUAL.read_text(), re.M | re.S)


def check_manual():
    for language, file in (("cpp", "main.cpp"), ("cmake", "CMakeLists.txt")):
        if (language, (HERE / file).read_text()) not in manual_blocks():
            raise SystemExit(f"{MANUAL.name} has no block of {language} that is {file} of {HERE}")


def check_links(page):
    """What a page links to beside it is there."""
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text(), flags=re.M | re.S)
    links = re.findall(r"\]\((?!\w+:|#)([^)#]+)", text)
    check(True, len(links) > 4, f"that {page} has links")
    check([], [x for x in links if not (page.parent / x).exists()], f"dead links of {page}")


def check_examples(prefix):
    examples = sorted((prefix / DOC / "examples").glob("*.cpp"))
    check(["chat.cpp", "echo.cpp"], [x.name for x in examples], "the examples")
    run("g++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{prefix / 'include'}", *examples)


def check_fragments(prefix):
    """What the manual shows of C++ compiles where its server `io` and its socket `client` are."""
    types, lines = [], []
    for language, text in manual_blocks():
        if language == "cpp" and "#include" not in text:
            types.append(text) if text.startswith("struct") else lines.append(f"{{\n{text}}}\n")
    check(True, len(types) > 0 and len(lines) > 5, "that the manual has fragments")
    source = f"{FRAGMENTS_BEGIN}{''.join(types)}void fragments(stentor::server& io, stentor::socket client) {{\n{''.join(lines)}}}\n"
    run("g++", "-std=c++20", "-fsyntax-only", f"-I{prefix / 'include'}", "-x", "c++", "-", input=source)


def main():
    check_manual()
    check_links(MANUAL)
    with tempfile.TemporaryDirectory(prefix="stentor-consumer-") as directory:
        scratch = pathlib.Path(directory)
        prefix = scratch / "prefix"
        run("cmake", "--install", sys.argv[1], "--prefix", prefix)
        check([], [x for x in INSTALLED if not (prefix / x).exists()], "missing of what was installed")
        prefix = prefix.rename(scratch / "moved")  # nothing that is installed names its place
        check_links(prefix / DOC / "library.md")
        run("cmake", "--install", sys.argv[1], "--prefix", scratch / "alone", "--component", "library")
        check_links(scratch / "alone" / DOC / "library.md")
        check_examples(prefix)
        ways = [(by_cmake,)] + [(by_pkg_config, x) for x in ("g++", "clang++") if shutil.which(x)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for program in pool.map(lambda way: way[0](*way[1:], prefix, scratch), ways):
                talk_to(program)
        check_fragments(prefix)
    print(f"consumer ok: built in {len(ways)} ways")


main()
