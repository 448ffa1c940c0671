#include "base/available_memory.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace sv {

namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  text = trim(text);
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest != text.data() ? std::optional(number) : std::nullopt;
}

// What follows `name` on the line that begins with it.
std::optional<std::string> line_after(const std::filesystem::path& file, std::string_view name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_after(const std::filesystem::path& file, std::string_view name) {
  const std::optional<std::string> rest = line_after(file, name);
  return rest ? number_in(*rest) : std::nullopt;
}

std::optional<std::uint64_t> free_on_machine(const std::filesystem::path& proc) {
  const std::optional<std::uint64_t> kib = number_after(proc / "meminfo", "MemAvailable:");
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

// "max" is no number, so a group without a limit has nothing to tell.
std::optional<std::uint64_t> free_in_group(const std::filesystem::path& group) {
  const std::optional<std::uint64_t> most = number_after(group / "memory.max", "");
  const std::optional<std::uint64_t> used = number_after(group / "memory.current", "");
  if (!most || !used) return std::nullopt;
  const std::uint64_t droppable = number_after(group / "memory.stat", "inactive_file ").value_or(0) +
                                  number_after(group / "memory.stat", "active_file ").value_or(0);
  const std::uint64_t kept = *used - std::min(*used, droppable);
  return *most - std::min(*most, kept);
}

std::optional<std::uint64_t> free_in_groups(const std::filesystem::path& proc,
                                            const std::filesystem::path& control_groups) {
  // "0::/system.slice/status-validator.service"; within a container its root.
  const std::optional<std::string> ours = line_after(proc / "self/cgroup", "0::/");
  if (!ours) return std::nullopt;
  std::optional<std::uint64_t> least;
  std::filesystem::path group = (control_groups / trim(*ours)).lexically_normal();
  for (;;) {
    if (const auto free = free_in_group(group)) least = std::min(least.value_or(*free), *free);
    if (group == control_groups || !group.has_relative_path()) return least;
    group = group.parent_path();
  }
}

std::optional<std::uint64_t> free_in_process(const std::filesystem::path& proc) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const std::optional<std::uint64_t> pages = number_after(proc / "self/statm", "");
  if (!pages) return std::nullopt;
  const std::uint64_t used = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
}

}  // namespace

std::string_view to_string(AvailableMemory::BoundBy bound) {
  switch (bound) {
    case AvailableMemory::BoundBy::control_group:
      return "the control group";
    case AvailableMemory::BoundBy::process:
      return "ulimit -v";
    case AvailableMemory::BoundBy::machine:
      break;
  }
  return "the machine";
}

std::optional<AvailableMemory> available_memory(const std::filesystem::path& proc,
                                                const std::filesystem::path& control_groups) {
  std::optional<AvailableMemory> least;
  const auto take = [&least](std::optional<std::uint64_t> bytes, AvailableMemory::BoundBy bound) {
    if (bytes && (!least || *bytes < least->bytes)) least = {.bytes = *bytes, .bound_by = bound};
  };
  take(free_on_machine(proc), AvailableMemory::BoundBy::machine);
  take(free_in_groups(proc, control_groups), AvailableMemory::BoundBy::control_group);
  take(free_in_process(proc), AvailableMemory::BoundBy::process);
  return least;
}

}  // namespace sv
