#!/usr/bin/env python3
"""Behind scripts/bench: alternates between servers, one fresh process per measurement, and reports medians."""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

import report
import servers

LOAD_VIOLATED = 1


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures Stentor and, beside it, Socket.IO on Node.",
                                     epilog="scripts/bench hostile measures what users notice of slow and hostile peers.")
    modes = parser.add_subparsers(dest="mode", required=True)
    fanout = modes.add_parser("fanout", help="one sender, one channel, 1000 members: both servers, alternating")
    fanout.add_argument("--members", type=int, default=1000)
    fanout.add_argument("--in-flight", type=int, nargs="+", default=[1, 4, 16, 64], metavar="K")
    pairs = modes.add_parser("pairs", help="durable messages in 1000 channels of two: Stentor (the peer stores nothing)")
    pairs.add_argument("--channels", type=int, default=1000)
    pairs.add_argument("--in-flight", type=int, nargs="+", default=[1], metavar="K")
    idle = modes.add_parser("idle", help="memory of idle connections: both servers")
    idle.add_argument("--connections", type=int, default=10000)
    for mode in (fanout, pairs, idle):
        add_common_arguments(mode)
    return parser.parse_args()


def add_common_arguments(mode):
    release = servers.ROOT / "build" / "release"
    mode.add_argument("--rounds", type=int, help="measurements of each kind (default 3)")
    mode.add_argument("--seconds", type=float, help="length of one measurement (default 5)")
    mode.add_argument("--quick", action="store_true", help="one round of 2 s")
    mode.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    mode.add_argument("--only", choices=["stentor", "node"], help="leave the other server out")
    mode.add_argument("--stentord", type=pathlib.Path, default=release / "stentord")
    mode.add_argument("--load", type=pathlib.Path, default=release / "bench" / "stentor-load")


def load_command(arguments, server, in_flight):
    """The load client's command line for one measurement."""
    seconds = arguments.seconds or (2 if arguments.quick else 5)
    command = [arguments.load, arguments.mode, "--json", "--port", str(server.port), "--server-pid", str(server.pid),
               "--seconds", str(seconds), *server.load_options]
    if arguments.mode == "idle":
        return [*command, "--connections", str(arguments.connections)]
    size = ["--members", str(arguments.members)] if arguments.mode == "fanout" else ["--channels", str(arguments.channels)]
    return [*command, *size, "--in-flight", str(in_flight)]


def measure(arguments, server, in_flight):
    """One run of the load client; ends the program if nothing could be measured."""
    done = subprocess.run(load_command(arguments, server, in_flight), stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **server.load_environment})
    if done.returncode not in (0, LOAD_VIOLATED):
        sys.exit(f"{server.name}: the load client ended with {done.returncode}")
    return json.loads(done.stdout)


def chosen_servers(arguments):
    both = {"stentor": lambda: servers.stentor(arguments.stentord), "node": servers.node}
    if arguments.only:
        return [both[arguments.only]]
    return [both["stentor"]] if arguments.mode == "pairs" else list(both.values())


def measure_all(arguments):
    runs = []
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    for turn in range(1, rounds + 1):
        for in_flight in getattr(arguments, "in_flight", [None]):
            for start in chosen_servers(arguments):
                with start() as server:
                    print(f"round {turn} of {rounds}: {server.name}"
                          + (f", {in_flight} in flight" if in_flight else ""), file=sys.stderr)
                    result = measure(arguments, server, in_flight)
                runs.append({"server": server.name, "round": turn, **result})
    return runs


def print_report(arguments, runs, targets):
    if arguments.mode == "fanout":
        report.print_traffic(runs, report.FANOUT_COLUMNS)
        report.print_cpu_ratios(runs)
    if arguments.mode == "pairs":
        report.print_traffic(runs, report.PAIRS_COLUMNS)
    if arguments.mode != "idle":
        report.print_traffic(runs, report.LATENCY_COLUMNS)
    report.print_setup(runs)
    report.print_targets(targets)
    report.print_doubts(runs)


def write_json(arguments, machine, runs, targets):
    servers.RESULTS.mkdir(parents=True, exist_ok=True)
    path = servers.RESULTS / f"{arguments.mode}.json"
    whole = {"mode": arguments.mode, "machine": machine, "targets": targets, "runs": runs}
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    print(f"written: {path}")


def main():
    arguments = parse_arguments()
    # SystemExit unwinds through every `with`, so that no server outlives this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    servers.require(arguments.load, "build the release preset first")
    machine = report.machine()
    runs = measure_all(arguments)
    targets = report.judge_targets(arguments.mode, runs)
    print_report(arguments, runs, targets)
    write_json(arguments, machine, runs, targets)
    if any(run["violations"] for run in runs):
        sys.exit("a server lost, repeated or reordered messages: see above")
    if arguments.check and not all(x["met"] for x in targets):
        sys.exit("a target was missed")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
