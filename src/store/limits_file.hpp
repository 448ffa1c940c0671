// The limits that the processes of one machine obey together, in a small file beside the answer cache that
// all of them map: one page, "NAME-limits", mode 0600.
//
//   0    header: magic, format; identity of the clock (SHA-256 of boot id and time namespace)
//   64   31 slots of 128 bytes: name (first 8 bytes of its SHA-256, 0: free), domain::PaceCells
//
// Every process holds the file with a shared flock() while it runs. Who finds itself alone on opening holds
// it exclusively for a moment and tidies up: a header that does not fit is written anew with empty slots (the
// first use, a boot, another format), slots in which nothing is spent any more, or absurdly much, are freed.
// So a run that ended a second ago still counts, and nothing has to be found dead: a killed process leaves no
// lock and at most one ticket that nobody sends.
//
// Steady clocks are one for all processes of a machine between two boots; those of another time namespace
// (a container may have one) are refused, as are other machines, which cannot be told: a cache on a network
// drive is shared between machines, its limits are not. Nothing is written durably, nothing needs to be.
//
// Rejected: rows in the database (a transaction and a look-up for each request, or leases that leave tickets
// unused), POSIX shared memory (containers that share the cache do not share it).
//
// Not promised: a file that somebody truncates while it is mapped ends the process (SIGBUS), as SQLite's
// own -shm does; one that is deleted is shared no longer by those who come later.
#pragma once

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "ports/ticket_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sv::store {

class LimitsFile final : public ports::TicketLedger {
 public:
  static constexpr std::size_t kMostNames = 31;

  // For the answer cache at `cache_path`, whose directory exists. Errors (io, permission_denied,
  // already_locked, invalid_input) are for people and say what works without it: everything but the sharing.
  static Result<std::unique_ptr<LimitsFile>> open(const std::string& cache_path);

  LimitsFile(const LimitsFile&) = delete;
  LimitsFile& operator=(const LimitsFile&) = delete;
  ~LimitsFile() override;

  std::optional<domain::PaceShare> join(std::string_view name) override;

 private:
  struct Page;
  LimitsFile(FileDescriptor file, Page* page);

  FileDescriptor file_;  // with the lock
  Page* page_;
  std::uint64_t next_member_;
};

}  // namespace sv::store
