"""What every end-to-end benchmark needs: the simulated provider, a run of the program with its costs, and sheets."""

import contextlib
import csv
import json
import os
import resource
import subprocess
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

RULES = """The comment says what was done, what comes next and which risks there are.
The completion date is present and not in the past while the work is open.
"""
STATUSES = ("On track", "At risk", "Delayed", "Done")
SAMPLE_SECONDS = 0.02
START_TIMEOUT_SECONDS = 20


class BenchmarkError(Exception):
    """The benchmark itself could not be run: not a limit exceeded, but nothing measured."""


def environment():
    """Ours, without what would change the measurement: proxies and other keys."""
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    # No key: the first run with a new one sends one request alone, to find out whether it is right.
    kept.pop("OPENAI_API_KEY", None)
    return kept


def raise_file_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def on_core(core):
    """What is started inside runs on this core, if one is named. Not by way of taskset: its own start, 3 ms here, would
    be counted as the program's."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def write_sheet(path, rows):
    """`rows` different status updates; the same for the same number."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Project", "Status", "Completion Date", "Comment"])
        for i in range(rows):
            comment = (
                f"Done: release {i} of the billing module was tested with the pilot group. "
                f"Next: move customers of region {i % 89} over. Risks: vendor contract {i % 53} is not signed."
            )
            writer.writerow([f"Project {i}", STATUSES[i % len(STATUSES)], f"{1 + i % 28:02}.12.2030", comment])


def read_review(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Provider:
    """`status-validator simulate llm` as a process. Use it in a `with`."""

    def __init__(self, program, *flags, core=None):
        command = [str(program), "simulate", "llm", "--port", "0", "--seed", "7", *flags]
        with on_core(core):
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                             env=environment(), text=True)
        timer = threading.Timer(START_TIMEOUT_SECONDS, self._process.kill)
        timer.start()
        line = self._process.stdout.readline().strip()
        timer.cancel()
        if not line.startswith("listening on "):
            raise BenchmarkError(f"the simulated provider did not start: {' '.join(command)}")
        self.base_url = line.removeprefix("listening on ")
        self._root = self.base_url.removesuffix("/v1")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.stdout.close()

    def ledger(self, query=""):
        with self._opener.open(f"{self._root}/_ledger{query}", timeout=60) as reply:
            return json.load(reply)

    def reset(self):
        request = urllib.request.Request(f"{self._root}/_reset", data=b"", method="POST")
        self._opener.open(request, timeout=60).close()


@dataclass
class Run:
    """One execution of the program and what it cost."""

    exit_code: int = -1
    wall: float = 0.0  # seconds, of the whole process
    cpu: float = 0.0  # seconds, user + system
    peak_rss_kb: int = 0
    peak_pss_kb: int = 0
    started_unix: float = 0.0
    summary: dict = field(default_factory=dict)
    stderr: str = ""


def _field_kb(path, name):
    try:
        for line in Path(path).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass  # the process has just ended
    return 0


class _MemorySampler(threading.Thread):
    """The kernel's high-water mark of RSS needs to be seen once near the end; PSS has none, so its peak is sampled."""

    def __init__(self, pid, with_pss):
        super().__init__(daemon=True)
        self._pid, self._with_pss = pid, with_pss
        self.stopping = threading.Event()
        self.rss = self.pss = 0

    def run(self):
        while not self.stopping.wait(SAMPLE_SECONDS):
            self.rss = max(self.rss, _field_kb(f"/proc/{self._pid}/status", "VmHWM:"))
            if self._with_pss:
                self.pss = max(self.pss, _field_kb(f"/proc/{self._pid}/smaps_rollup", "Pss:"))


def run_program(program, folder, source, base_url, *, workers, cache=None, output="review.csv", json_lines=False,
                core=None, with_pss=False, with_memory=True, flags=()):
    """Runs the program over `source` to its end. `json_lines` asks for the summary, which costs the program a line
    of output per row: leave it out where CPU is measured."""
    rules = folder / "rules.md"
    rules.write_text(RULES, encoding="utf-8")
    command = [str(program), "run", str(source), "--output", str(folder / output), "--rules", str(rules),
               "--model", "simulated", "--base-url", base_url, "--workers", str(workers),
               "--cache", str(folder / (cache or "cache.sqlite")), "--quiet", *flags]
    for status in STATUSES:
        command += ["--allowed-status", status]
    if json_lines:
        command.append("--json")
    out_path, err_path = folder / "stdout.txt", folder / "stderr.txt"
    result = Run()
    with open(out_path, "wb") as out, open(err_path, "wb") as err:
        result.started_unix = time.time()
        begin = time.monotonic()
        with on_core(core):
            process = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder, env=environment())
        sampler = _MemorySampler(process.pid, with_pss) if with_memory or with_pss else None
        if sampler:
            sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        result.wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if sampler:
        sampler.stopping.set()
        sampler.join()
        result.peak_rss_kb, result.peak_pss_kb = sampler.rss, sampler.pss
    result.exit_code = process.returncode
    result.cpu = usage.ru_utime + usage.ru_stime
    result.stderr = err_path.read_text(errors="replace")[-2000:]
    if json_lines:
        lines = out_path.read_bytes().splitlines()
        result.summary = json.loads(lines[-1]) if lines else {}
    return result


def require_success(result, what):
    if result.exit_code != 0:
        raise BenchmarkError(f"{what}: exit code {result.exit_code}\n{result.stderr}")
