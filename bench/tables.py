"""Measured values with their limits, as a table for people and as Markdown."""

from dataclasses import dataclass, field


@dataclass
class Line:
    what: str
    measured: float
    limit: float | None  # None: told, not judged
    unit: str = ""
    at_least: bool = False
    note: str = ""

    def is_within(self):
        if self.limit is None:
            return True
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


@dataclass
class Table:
    title: str
    lines: list = field(default_factory=list)

    def add(self, what, measured, limit=None, unit="", at_least=False, note=""):
        line = Line(what, float(measured), limit, unit, at_least, note)
        self.lines.append(line)
        # At once: some tables take minutes.
        print(f"  {'ok  ' if line.is_within() else 'FAIL'} {self._plain(line)}", flush=True)

    def failures(self):
        return [line for line in self.lines if not line.is_within()]

    @staticmethod
    def _limit(line):
        return "" if line.limit is None else f"{'≥' if line.at_least else '≤'} {number(line.limit)}"

    def _plain(self, line):
        limit = self._limit(line)
        text = f"{line.what}: {number(line.measured)} {line.unit}".rstrip()
        return text + (f" ({limit})" if limit else "") + (f"  {line.note}" if line.note else "")

    def markdown(self):
        rows = [f"### {self.title}", "", "| what | measured | limit | of limit | |", "|---|---|---|---|---|"]
        for line in self.lines:
            share = f"{line.measured / line.limit:.2f}" if line.limit else ""
            verdict = "" if line.limit is None else ("ok" if line.is_within() else "**exceeded**")
            measured = f"{number(line.measured)} {line.unit}".strip()
            note = f" {line.note}" if line.note else ""
            rows.append(f"| {line.what}{note} | {measured} | {self._limit(line)} | {share} | {verdict} |")
        return "\n".join(rows) + "\n"
