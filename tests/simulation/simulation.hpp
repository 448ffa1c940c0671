// A run of the whole program in virtual time, from its start over crashes to its end: engine, LLM stack,
// journal and Google Sheets sink as they are built for users, before models of the provider, the spreadsheet
// and the disk (reliability.md R-24). Everything comes from the seed: rows, settings, faults of the outside,
// fault points inside our own code (base/fault_point.hpp), the step at which each process is killed.
//
//   process 1 ── killed ──▶ process 2 ── stopped ──▶ … ──▶ last process: nothing goes wrong any more
//
// Checked at every step: no row has two outcomes, no more requests end than begin, nothing is called written
// before the target has it, no row is asked about whose answer is on the disk. At each death: the journal
// tells how many requests were sent; a damaged line is noticed. At the end: every row has its verdict beside
// its name, in the order of the source, and the provider's ledger and the journal agree.
#pragma once

#include <cstdint>
#include <string>

namespace sv::simulation {

struct Played {
  std::string violation;  // empty: all promises held
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  int processes = 0;
  int kills = 0;
  std::uint64_t requests = 0;
  std::uint64_t fired = 0;  // fault points in our own code
};

Played play(std::uint64_t seed, bool prints_trace = false);

}  // namespace sv::simulation
