"""Medians, tables and targets out of the load client's results."""

import functools
import os
import platform
import statistics

# mode, in flight, figure, limit, what it says. A "ratio" is Stentor's CPU by Node's; "at least" where more is better.
TARGETS = [
    ("fanout", 1, "server_cpu_us_per_delivery", 6.0, "at most"),
    ("fanout", 1, "ratio", 0.6, "at most"),
    ("fanout", 16, "server_cpu_us_per_delivery", 1.0, "at most"),
    ("fanout", 16, "ratio", 0.12, "at most"),
    ("fanout", 64, "server_cpu_us_per_delivery", 0.4, "at most"),
    ("pairs", 1, "messages_per_s", 8000, "at least"),
    ("idle", None, "resident_kb_per_connection", 12, "at most"),
]

WORDS = {
    "server_cpu_us_per_delivery": "server CPU µs/delivery",
    "ratio": "server CPU per delivery, Stentor / Node",
    "messages_per_s": "acknowledged messages/s",
    "resident_kb_per_connection": "resident KB/connection",
}

FANOUT_COLUMNS = [
    ("server CPU µs/delivery", ("server_cpu_us_per_delivery",)),
    ("deliveries/s", ("deliveries_per_s",)),
    ("server cores", ("server_cores",)),
    ("client cores", ("client_cores",)),
]
PAIRS_COLUMNS = [
    ("server CPU µs/message", ("server_cpu_us_per_message",)),
    ("messages/s", ("messages_per_s",)),
    ("server cores", ("server_cores",)),
    ("client cores", ("client_cores",)),
]
LATENCY_COLUMNS = [
    ("delivery ms: p50", ("delivery", "p50_ms")),
    ("p99", ("delivery", "p99_ms")),
    ("max", ("delivery", "max_ms")),
    ("ack ms: p50", ("ack", "p50_ms")),
    ("p99", ("ack", "p99_ms")),
]
SETUP_COLUMNS = [
    ("connects/s", ("connects_per_s",)),
    ("KB/connection", ("resident_kb_per_connection",)),
]
DISTURBED_CORES = 0.2


def machine():
    return {
        "cores": os.cpu_count(),
        "processor": processor(),
        "kernel": platform.release(),
        "load_average": os.getloadavg()[0],
    }


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "unknown")


def values(runs, path, **wanted):
    """One figure of every run that matches, e.g. values(runs, ("ack", "p50_ms"), server="node")."""
    matching = [run for run in runs if all(run.get(key) == value for key, value in wanted.items())]
    found = [functools.reduce(lambda at, key: at[key], path, run) for run in matching]
    return [x for x in found if x is not None]


def median(runs, path, **wanted):
    found = values(runs, path, **wanted)
    return statistics.median(found) if found else None


def number(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cell(runs, path, **wanted):
    """median (min..max)"""
    found = values(runs, path, **wanted)
    if not found:
        return "-"
    middle = number(statistics.median(found))
    return middle if len(found) == 1 else f"{middle} ({number(min(found))}..{number(max(found))})"


def print_rows(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(x.ljust(w) for x, w in zip(row, widths)).rstrip())
    print()


def print_traffic(runs, columns):
    rows = [["in flight", "server", *(title for title, _ in columns)]]
    for in_flight in distinct(runs, "in_flight"):
        for server in distinct(runs, "server"):
            cells = [cell(runs, path, server=server, in_flight=in_flight) for _, path in columns]
            rows.append([str(in_flight), server, *cells])
    print_rows(rows)


def print_cpu_ratios(runs):
    rows = [["in flight", "server CPU per delivery, Stentor / Node"]]
    for in_flight in distinct(runs, "in_flight"):
        if (share := cpu_ratio(runs, in_flight)) is not None:
            rows.append([str(in_flight), f"{share:.3f}"])
    if len(rows) > 1:
        print_rows(rows)


def print_setup(runs):
    rows = [["server", *(title for title, _ in SETUP_COLUMNS)]]
    for server in distinct(runs, "server"):
        rows.append([server, *(cell(runs, path, server=server) for _, path in SETUP_COLUMNS)])
    print_rows(rows)


def distinct(runs, key):
    return list(dict.fromkeys(run[key] for run in runs))


def cpu_ratio(runs, in_flight):
    ours, theirs = (median(runs, ("server_cpu_us_per_delivery",), server=server, in_flight=in_flight)
                    for server in ("stentor", "node"))
    return ours / theirs if ours and theirs else None


def judge_targets(mode, runs):
    """Every target of a mode that was measured, with `met`."""
    judged = []
    for of, in_flight, figure, limit, direction in TARGETS:
        if of != mode:
            continue
        wanted = {"server": "stentor"} if in_flight is None else {"server": "stentor", "in_flight": in_flight}
        value = cpu_ratio(runs, in_flight) if figure == "ratio" else median(runs, (figure,), **wanted)
        if value is not None:
            met = value <= limit if direction == "at most" else value >= limit
            judged.append({"figure": figure, "in_flight": in_flight, "value": value, "direction": direction,
                           "limit": limit, "met": met})
    return judged


def print_targets(judged):
    rows = [["target", "", "measured", ""]]
    for x in judged:
        name = WORDS[x["figure"]] + (f", {x['in_flight']} in flight" if x["in_flight"] else "")
        rows.append([name, f"{x['direction']} {x['limit']:g}", f"{x['value']:,.3f}", "met" if x["met"] else "MISSED"])
    if judged:
        print_rows(rows)


def print_doubts(runs):
    """What may make the figures worse, or the server look slower, than they are."""
    limited = [run for run in runs if run.get("client_limits")]
    disturbed = [run["other_cores"] for run in runs if (run.get("other_cores") or 0) > DISTURBED_CORES]
    for run in limited:
        print(f"{run['server']}, {run['in_flight']} in flight, round {run['round']}: the client used a whole core and the server"
              " did not; the server may be faster than this")
    if disturbed:
        print(f"other work took up to {max(disturbed):.2f} cores during {len(disturbed)} of {len(runs)} measurements:"
              " measure again on a quiet machine")
