#!/usr/bin/env python3
"""End-to-end benchmark: the built program against its own simulated provider, over real sockets.

a  workers 1 to 1000 and a mixture of latencies   makespan against the ideal, same review whatever the workers
b  5,000 requests in flight                       memory per request
c  zero latency                                   CPU per row, rows a second, start, memory of a million rows
d  faults                                         nothing lost, nothing twice, every retry counted

Exit code 1 when a limit of issue 2 is exceeded, 2 when something could not be measured. Two cores are used: the
provider and the program have one each; anything else that runs makes the figures worse.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from harness import BenchmarkError, raise_file_limit  # noqa: E402
from measures import measure_cost, measure_faults, measure_memory, measure_workers  # noqa: E402

BUSY_LOAD = 0.7  # of one core; what is still running when the benchmark starts

MEASURES = {"a": measure_workers, "b": measure_memory, "c": measure_cost, "d": measure_faults}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--program", type=Path, default=root / "build/release/bin/status-validator")
    parser.add_argument("--quick", action="store_true", help="fewer rows: a minute or two instead of fifteen")
    parser.add_argument("--only", default="a,b,c,d", help="which to run, for example a,c")
    parser.add_argument("--markdown", type=Path, help="also write the tables to this file")
    arguments = parser.parse_args()
    chosen = [name.strip() for name in arguments.only.split(",")]
    unknown = [name for name in chosen if name not in MEASURES]
    if unknown:
        parser.error(f"--only takes {', '.join(MEASURES)}: not {', '.join(unknown)}")
    program = arguments.program.resolve()
    if not program.is_file():
        parser.error(f"{program} does not exist: build it with ./dev build, or name it with --program")

    load = os.getloadavg()[0]
    busy = ""
    if load > BUSY_LOAD:
        busy = (f"The machine was busy (load {load:.1f} on {os.cpu_count()} cores) when this was measured: "
                "times, rates and CPU figures are worse than they should be, counts are not.")
        print(f"warning: {busy}", file=sys.stderr)
    raise_file_limit()
    tables, broken = [], []
    for name in chosen:
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="sv-bench-") as folder:
            try:
                tables += MEASURES[name](program, Path(folder), arguments.quick)
            except BenchmarkError as error:
                print(f"  could not be measured: {error}", flush=True)
                broken.append(name)
    text = "\n".join([*([busy + "\n"] if busy else []), *(table.markdown() for table in tables)])
    print(f"\n{text}")
    if arguments.markdown:
        arguments.markdown.write_text(text, encoding="utf-8")
    failures = [line for table in tables for line in table.failures()]
    for line in failures:
        print(f"limit exceeded: {line.what}: {line.measured:.4g} {line.unit}", file=sys.stderr)
    if broken:
        return 2
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
