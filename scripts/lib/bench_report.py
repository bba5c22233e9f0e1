"""Sums up the rounds of a benchmark: a table on standard output and, when a file is named, the same as JSON.

Usage: bench_report.py [FILE] <ROUNDS
    ROUNDS: one JSON object a line: {"case", "connections", "limit_per_s"} or {"case", "connections", "ours_per_s", "p50_ms", "p99_ms"}.
"""

import json
import statistics
import sys

rounds = {}
for line in sys.stdin:
    entry = json.loads(line)
    place = rounds.setdefault((entry.pop("case"), entry.pop("connections")), {})
    for name, value in entry.items():
        place.setdefault(name, []).append(value)

results = []
for (case, connections), values in rounds.items():
    median = {name: statistics.median(found) for name, found in values.items()}
    results.append({
        "case": case, "connections": connections, "limit_per_s": round(median["limit_per_s"]), "ours_per_s": round(median["ours_per_s"]),
        "ratio": round(median["ours_per_s"] / median["limit_per_s"], 2), "p50_ms": round(median["p50_ms"], 2),
        "p99_ms": round(median["p99_ms"], 2)})

print(f"{'case':<14} {'connections':>11} {'limit/s':>10} {'ours/s':>8} {'ratio':>6} {'wanted':>7} {'p50 ms':>8} {'p99 ms':>8} {'p99/p50':>8}")
for r in results:
    wanted = (0.4 if r["case"] in ("draft", "issue") else 0.5) if r["connections"] == 16 else None
    spread = r["p99_ms"] / r["p50_ms"]
    missed = wanted is not None and (r["ratio"] < wanted or spread >= 5 and not r["case"].endswith("-page"))
    print(f"{r['case']:<14} {r['connections']:>11} {r['limit_per_s']:>10} {r['ours_per_s']:>8} {r['ratio']:>6.2f} {wanted or '':>7} "
          f"{r['p50_ms']:>8.2f} {r['p99_ms']:>8.2f} {spread:>8.1f}{'  missed' if missed else ''}")
if len(sys.argv) > 1:
    with open(sys.argv[1], "w") as file:
        json.dump(results, file, indent=2)
        file.write("\n")
