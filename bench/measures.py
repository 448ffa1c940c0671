"""The measurements a to d: one function each, which fills tables."""

import contextlib
import csv
import hashlib
import heapq
import io
import json
import os
import pty
import select
import shutil
import signal
import statistics
import subprocess
import time

from harness import BenchmarkError, Provider, environment, read_review, require_success, run_program, write_sheet
from tables import Table

# Issue 2, acceptance 4 to 7.
SPEEDUP_LIMIT, SPEEDUP_LIMIT_1000 = 1.05, 1.10
MIXTURE_LIMIT = 1.05
# Where 1,000 connections at once cost more than the 20 ms that the limit above leaves, this one tells whose time it is.
FLOOR_LIMIT = 1.25
KB_PER_REQUEST_LIMIT = 32
CPU_US_64, CPU_US_1000, CPU_US_CACHED = 80, 120, 15
ROWS_PER_SECOND = 8000
START_MS = 30
FIRST_WORD_MS, HELP_MS, INTERRUPT_MS, SECOND_INTERRUPT_MS = 100, 30, 100, 1000
MEMORY_GROWTH = 1.10


def review_digest(path):
    """Of every column but the date of the check, which is the time of the run."""
    rows = [{k: v for k, v in row.items() if k != "Check date"} for row in read_review(path)]
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writerows(rows)
    return hashlib.sha256(text.getvalue().encode()).hexdigest()


def greedy_makespan(latencies_ms, workers):
    """The next request starts as soon as a worker is free: the least that a client can do that does not know which
    requests will be slow."""
    free_at = [0.0] * workers
    for latency in latencies_ms:
        heapq.heapreplace(free_at, free_at[0] + latency)
    return max(free_at)


def bare_client_ms(program, folder, provider, connections):
    """The floor of this machine: the same requests by a client that does nothing else. None when it is not built."""
    client = program.parent / "bare_client"
    if not client.is_file():
        return None
    body = json.dumps({
        "model": "simulated",
        "messages": [
            {"role": "system", "content": "Allowed statuses:\n(any)\nRulebook:\n1. Say what is done.\nEnd of rulebook.\n"
                                          "Write in English." + " " * 5000},
            {"role": "user", "content": "Today is 2026-11-25, Wednesday.\n<<<ROW 0123456789abcdef01234567>>>\n"
                                        '{"status":"Done","comment":"Done: all."}\n<<<END 0123456789abcdef01234567>>>'},
        ],
        "max_tokens": 1024,
    }).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer k\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    (folder / "request.bin").write_bytes(head + body)
    port = provider.base_url.split(":")[2].split("/")[0]
    times = []
    for _ in range(5):
        done = subprocess.run([client, port, str(connections), folder / "request.bin"], capture_output=True, text=True,
                              check=False, timeout=120)
        if done.returncode != 0:
            raise BenchmarkError(f"bare_client: {done.stderr.strip()}")
        times.append(float(done.stdout))
    return statistics.median(times)


def workers_table(program, folder, quick):
    table = Table("a. Makespan by workers, fixed latency 200 ms")
    latency = 0.2
    digests = {}
    for workers in (1, 3, 5, 10, 20, 100, 1000):
        rows = 1000
        if quick and workers < 100:
            rows = max(60, 20 * workers)
        write_sheet(folder / "rows.csv", rows)
        with Provider(program, "--latency", "200ms") as provider:
            run = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=workers,
                              cache=f"a{workers}.sqlite", output=f"a{workers}.csv", json_lines=True)
            require_success(run, f"{workers} workers")
            ledger = provider.ledger()
            floor = bare_client_ms(program, folder, provider, workers) if workers == 1000 else None
        ideal = latency * -(-rows // workers)
        wall = run.summary["wall_time_ms"] / 1000
        table.add(f"{workers} workers, {rows} rows: makespan / (rows·latency/workers)", wall / ideal,
                  SPEEDUP_LIMIT if workers <= 100 else SPEEDUP_LIMIT_1000,
                  note=f"[{wall:.2f} s, whole process {run.wall:.2f} s, most in flight {ledger['in_flight']['max']}]")
        if floor is not None:
            table.add(f"{workers} workers: makespan / that of a bare epoll client", wall * 1000 / floor, FLOOR_LIMIT,
                      note=f"[bare client {floor:.0f} ms]")
        digests.setdefault(rows, set()).add(review_digest(folder / f"a{workers}.csv"))
    table.add("different reviews among runs of the same rows", max(len(d) for d in digests.values()), 1)
    return table


def mixture_table(program, folder, quick):
    table = Table("a. Mixture of 90 % 200 ms and 10 % 2 s, 10 workers")
    rows = 300 if quick else 1000
    write_sheet(folder / "rows.csv", rows)
    with Provider(program, "--latency", "mixture:90%=200ms,10%=2s") as provider:
        run = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=10, cache="mix.sqlite",
                          json_lines=True)
        require_success(run, "mixture")
        latencies = provider.ledger("?latencies=1")["latencies_ms"]
    if len(latencies) != rows:
        raise BenchmarkError(f"mixture: the ledger lists {len(latencies)} latencies for {rows} rows")
    ideal = greedy_makespan(latencies, 10)
    wall = run.summary["wall_time_ms"]
    table.add(f"{rows} rows: makespan / greedy schedule of the drawn latencies", wall / ideal, MIXTURE_LIMIT,
              note=f"[{wall / 1000:.2f} s, ideal {ideal / 1000:.2f} s]")
    return table


def measure_workers(program, folder, quick):
    return [workers_table(program, folder, quick), mixture_table(program, folder, quick)]


def measure_memory(program, folder, quick):
    table = Table("b. Memory of waiting requests")
    rows, workers = (2000, 1000) if quick else (10_000, 5000)
    write_sheet(folder / "rows.csv", rows)
    write_sheet(folder / "one.csv", 1)
    with Provider(program, "--latency", "2s") as provider:
        idle = run_program(program, folder, folder / "one.csv", provider.base_url, workers=1, cache="idle.sqlite",
                           with_pss=True)
        require_success(idle, "one row")
        provider.reset()
        run = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=workers,
                          cache="many.sqlite", json_lines=True, with_pss=True)
        require_success(run, f"{workers} in flight")
        ledger = provider.ledger()
    most = ledger["in_flight"]["max"]
    # As the provider sees it: with less, memory was not measured at what it should be.
    table.add("requests in flight at most", most, workers, at_least=True,
              note=f"[the program says {run.summary['max_in_flight']}]")
    table.add("resident memory per request in flight over a run of one row",
              (run.peak_rss_kb - idle.peak_rss_kb) / most, KB_PER_REQUEST_LIMIT, "KB",
              note=f"[{run.peak_rss_kb:,} KB against {idle.peak_rss_kb:,} KB]")
    table.add("the same as PSS", (run.peak_pss_kb - idle.peak_pss_kb) / most, KB_PER_REQUEST_LIMIT, "KB")
    table.add("rows lost", rows - run.summary["judged"], 0)
    table.add("makespan / (rows·latency/workers)", run.summary["wall_time_ms"] / 1000 / (2.0 * rows / workers),
              note="[told, no limit]")
    return [table]


def uncached_and_cached(program, folder, table, rows, workers, limit, rate_limit):
    write_sheet(folder / "rows.csv", rows)
    cache = f"c{workers}.sqlite"
    with Provider(program, core=0) as provider:
        run = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=workers, cache=cache,
                          core=1, with_memory=False)
        require_success(run, f"{workers} workers at zero latency")
        answered = provider.ledger()["verdicts"]
        again = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=workers, cache=cache,
                            output="again.csv", core=1, with_memory=False)
        require_success(again, "cached rows")
        asked_again = provider.ledger()["requests"] - answered
    table.add(f"{workers} in flight, {rows} rows: CPU per uncached row", run.cpu / rows * 1e6, limit, "µs")
    table.add(f"{workers} in flight: rows a second on one core", rows / run.wall, rate_limit, "rows/s", at_least=True,
              note=f"[{run.wall:.2f} s, CPU in use {100 * run.cpu / run.wall:.0f} %]")
    table.add(f"{workers} in flight: CPU per cached row", again.cpu / rows * 1e6, CPU_US_CACHED, "µs")
    table.add(f"{workers} in flight: requests of the second run", asked_again, 0)


def start_table(program, folder, table, quick):
    write_sheet(folder / "one.csv", 1)
    times, cpu = [], []
    with Provider(program, core=0) as provider:
        for attempt in range(5 if quick else 15):
            provider.reset()
            run = run_program(program, folder, folder / "one.csv", provider.base_url, workers=64,
                              cache=f"start{attempt}.sqlite", output=f"start{attempt}.csv", core=1, with_memory=False)
            require_success(run, "start")
            cpu.append(run.cpu * 1000)
            times.append(provider.ledger()["first_request_unix_ms"] - run.started_unix * 1000)
    table.add("start of the process to the first request, median", statistics.median(times), START_MS, "ms",
              note=f"[CPU of the whole run of one row {statistics.median(cpu):.1f} ms]")


def words_table(program, folder, table):
    """How soon the program says something (user-experience.md U-01): 20 cold runs each."""
    write_sheet(folder / "one.csv", 1)
    first_bytes, helps = [], []
    with Provider(program, core=0) as provider:
        for attempt in range(20):
            words = [program, "run", "one.csv", "--output", f"word{attempt}.csv", "--rules", "rules.md", "--model", "m",
                     "--base-url", provider.base_url, "--cache", f"word{attempt}.sqlite"]
            began = time.monotonic()
            with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  env={**os.environ, "OPENAI_API_KEY": "k"}) as run:
                if not run.stderr.read(1):
                    raise BenchmarkError("the program says nothing on standard error")
                first_bytes.append((time.monotonic() - began) * 1000)
                run.stderr.read()
            began = time.monotonic()
            subprocess.run([program, "--help"], stdout=subprocess.DEVNULL, check=True)
            helps.append((time.monotonic() - began) * 1000)
    table.add("start of the process to its first word, median of 20", statistics.median(first_bytes), FIRST_WORD_MS, "ms")
    table.add("--help, median of 20", statistics.median(helps), HELP_MS, "ms")


def interrupt_table(program, folder, table):
    """How soon Ctrl-C is answered (user-experience.md U-09) and a second one ends the run (reliability.md R-07): 20 runs, each with five requests in flight on a terminal
    of its own. Their provider takes longer than any of them lasts."""
    write_sheet(folder / "rows.csv", 20)
    times, ends = [], []
    with Provider(program, "--latency", "60s", core=0) as provider:
        for attempt in range(20):
            provider.reset()
            words = [str(program), "run", "rows.csv", "--output", f"stop{attempt}.csv", "--rules", "rules.md", "--model",
                     "m", "--base-url", provider.base_url, "--cache", f"stop{attempt}.sqlite", "--workers", "5"]
            pid, terminal = pty.fork()
            if pid == 0:
                os.chdir(folder)
                os.execve(words[0], words, {**environment(), "TERM": "xterm", "LC_ALL": "C.UTF-8"})
            try:
                while provider.ledger()["requests"] < 5:
                    time.sleep(0.02)
                while select.select([terminal], [], [], 0)[0]:
                    os.read(terminal, 65536)
                began = time.monotonic()
                os.write(terminal, b"\x03")
                said = b""
                while b"press Ctrl+C again to stop now" not in said:
                    said += os.read(terminal, 65536)
                times.append((time.monotonic() - began) * 1000)
                began = time.monotonic()
                os.write(terminal, b"\x03")
                # What it says to the end; a terminal whose last process has gone is an error to read from.
                with contextlib.suppress(OSError):
                    while os.read(terminal, 65536):
                        pass
                os.waitpid(pid, 0)
                ends.append((time.monotonic() - began) * 1000)
            except BaseException:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise
            finally:
                os.close(terminal)
    table.add("Ctrl-C to the answer on the terminal, median of 20", statistics.median(times), INTERRUPT_MS, "ms",
              note=f"[longest {max(times):.0f} ms]")
    table.add("second Ctrl-C to the end of the process, longest of 20", max(ends), SECOND_INTERRUPT_MS, "ms",
              note=f"[median {statistics.median(ends):.0f} ms]")


def growth_table(program, folder, quick):
    table = Table("c. Memory by number of rows, zero latency, 64 in flight")
    small, large = (2000, 40_000) if quick else (10_000, 1_000_000)
    peaks = {}
    with Provider(program, core=0) as provider:
        for rows in (small, large):
            write_sheet(folder / "rows.csv", rows)
            run = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=64,
                              cache=f"grow{rows}.sqlite", output="grow.csv", core=1)
            require_success(run, f"{rows} rows")
            peaks[rows] = run.peak_rss_kb
            table.add(f"{rows:,} rows: peak memory", run.peak_rss_kb / 1024, None, "MB",
                      note=f"[{run.wall:.0f} s, {run.cpu / rows * 1e6:.0f} µs of CPU a row]")
        cached = run_program(program, folder, folder / "rows.csv", provider.base_url, workers=64,
                             cache=f"grow{large}.sqlite", output="grow.csv", core=1)
        require_success(cached, f"{large} rows again")
        table.add(f"{large:,} rows a second time: peak memory", cached.peak_rss_kb / 1024, None, "MB",
                  note=f"[{cached.wall:.0f} s, {cached.cpu / large * 1e6:.0f} µs of CPU a row]")
    table.add(f"peak memory of {large:,} rows / of {small:,}", peaks[large] / peaks[small], MEMORY_GROWTH)
    return table


def measure_cost(program, folder, quick):
    table = Table("c. Cost of a row, zero latency; provider on one core, program on the other")
    rows = 5000 if quick else 20_000
    uncached_and_cached(program, folder, table, rows, 64, CPU_US_64, ROWS_PER_SECOND)
    uncached_and_cached(program, folder, table, rows, 1000, CPU_US_1000, None)
    start_table(program, folder, table, quick)
    words_table(program, folder, table)
    interrupt_table(program, folder, table)
    return [table, growth_table(program, folder, quick)]


def measure_faults(program, folder, quick):
    table = Table("d. 5 % 500, 2 % resets, 1 % invalid JSON, 1 % hangs, 3 % 429")
    rows, workers = 1000, 50
    shutil.rmtree(folder / "faults", ignore_errors=True)
    (folder / "faults").mkdir()
    write_sheet(folder / "rows.csv", rows)
    faults = ("500=5%", "reset=2%", "invalid-json=1%", "hang=1%", "429=3%")
    flags = [part for fault in faults for part in ("--fault", fault)]
    with Provider(program, "--latency", "50ms", *flags) as provider:
        run = run_program(program, folder / "faults", folder / "rows.csv", provider.base_url, workers=workers,
                          json_lines=True, flags=("--request-timeout", "2"))
        require_success(run, "faults")
        ledger = provider.ledger("?rows=1")
    source = [f"Project {i}" for i in range(rows)]
    review = read_review(folder / "faults" / "review.csv")
    names = [row["Project name"] for row in review]
    table.add("rows lost", len(set(source) - set(names)), 0)
    table.add("rows duplicated", len(names) - len(set(names)), 0)
    table.add("rows out of source order", sum(a != b for a, b in zip(source, names)), 0)
    table.add("rows unjudged", run.summary["unjudged"], 0)
    table.add("rows answered more than once", ledger["rows"]["answered_again"], 0)
    table.add("distinct rows at the provider", ledger["rows"]["distinct"], rows, at_least=True)
    retries, errors, by_fault = run.summary["retries"], run.summary["errors"], ledger["by_fault"]
    table.add("requests of the provider not counted by us", abs(ledger["requests"] - run.summary["requests"]), 0,
              note=f"[{ledger['requests']} requests]")
    table.add("retries not counted", abs(ledger["requests"] - rows - sum(retries.values())), 0,
              note=f"[{sum(retries.values())} retries: {retries}]")
    for kind, fault in (("server_error", "500"), ("connect", "reset"), ("invalid_reply", "invalid-json"),
                        ("timeout", "hang"), ("rate_limited", "429")):
        table.add(f"{fault} at the provider, told by us as {kind}: difference",
                  abs(by_fault.get(fault, 0) - errors.get(kind, 0)), 0, note=f"[{by_fault.get(fault, 0)}]")
    return [table]
