// How much more memory this process can get, as far as the system tells it. Calls block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace sv {

struct AvailableMemory {
  enum class BoundBy : std::uint8_t {
    machine,        // MemAvailable of /proc/meminfo
    control_group,  // memory.max of ours or of one that holds it, without the page cache that it can drop
    process,        // RLIMIT_AS (ulimit -v)
  };
  std::uint64_t bytes = 0;
  BoundBy bound_by = BoundBy::machine;
};

// "the machine", "the control group" (a container, MemoryMax= of systemd), "ulimit -v".
std::string_view to_string(AvailableMemory::BoundBy bound);

// The least of the three; nothing where none can be read. Control groups are those of version 2. The places
// are for tests.
std::optional<AvailableMemory> available_memory(
    const std::filesystem::path& proc = "/proc",
    const std::filesystem::path& control_groups = "/sys/fs/cgroup");

}  // namespace sv
