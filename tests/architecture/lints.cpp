#include "architecture/lints.hpp"

#include "architecture/room_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>
#include <span>
#include <string>

namespace sv::architecture {

namespace {

constexpr std::size_t kMaxLines = 500;  // style: files of about 120 lines, rarely over 300, never over 500

// Who may read a clock outside base/, and why.
struct ClockReader {
  std::string_view path_prefix;
  std::string_view reason;
};
constexpr std::array kClockReaders = {
    ClockReader{"src/cli/main.cpp", "measures the start of the process"},
};

struct Library {
  std::string_view header;  // beginning of the included path
  std::set<std::string_view> rooms;
};
const std::array kLibraries = {
    Library{"curl/", {"http"}},
    Library{"sqlite3", {"store"}},
    Library{"yaml-cpp/", {"config"}},
    Library{"CLI/", {"cli"}},
    Library{"openssl/", {"base", "sim_sheets"}},
    Library{"utf8proc", {"base"}},
    Library{"xlsxwriter", {"workbooks"}},
    Library{"expat", {"workbooks"}},
    Library{"minizip/", {"workbooks"}},
    Library{"boost/beast", {"metrics", "sim", "sim_sheets"}},
    Library{"boost/json", {"prompt", "llm", "tables", "report", "sim", "store", "sheets", "sim_sheets"}},
};

std::vector<Finding> find_in_code(const std::vector<SourceFile>& files, const std::regex& pattern,
                                  std::string_view message) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      if (std::regex_search(file.code[i], pattern))
        findings.push_back({file.path, i + 1, std::string(message)});
    }
  }
  return findings;
}

bool may_read_clocks(const SourceFile& file) {
  if (file.room() == "base") return true;
  return std::ranges::any_of(
      kClockReaders, [&](const ClockReader& reader) { return file.path.starts_with(reader.path_prefix); });
}

std::vector<SourceFile> files_of(const std::vector<SourceFile>& files,
                                 const std::set<std::string_view>& rooms) {
  std::vector<SourceFile> chosen;
  std::ranges::copy_if(files, std::back_inserter(chosen),
                       [&](const SourceFile& file) { return rooms.contains(file.room()); });
  return chosen;
}

}  // namespace

std::vector<Finding> find_detached(const std::vector<SourceFile>& files) {
  static const std::regex kDetached(R"(\bdetached\b|\.detach\(\))");
  return find_in_code(files, kDetached,
                      "nothing is detached: start it in a TaskGroup (or join the thread) and wait for it");
}

std::vector<Finding> find_thread_sleeps(const std::vector<SourceFile>& files) {
  static const std::regex kSleep(R"(\b(sleep_for|sleep_until|usleep|nanosleep)\s*\()");
  std::vector<Finding> findings = find_in_code(
      files, kSleep, "no thread sleeps: co_await Clock::sleep_until, so that tests can play in virtual time");
  // The Clock's own coroutine is what everybody is told to use: a call on an object or its definition.
  std::erase_if(findings, [&](const Finding& finding) {
    const auto file = std::ranges::find(files, finding.path, &SourceFile::path);
    static const std::regex kClockCall(R"((\.|->|::|awaitable<[^;]*>\s+)sleep_(for|until)\s*\()");
    static const std::regex kThreadCall(R"(this_thread)");
    const std::string& line = file->code[finding.line - 1];
    return std::regex_search(line, kClockCall) && !std::regex_search(line, kThreadCall);
  });
  return findings;
}

std::vector<Finding> find_clock_reads(const std::vector<SourceFile>& files) {
  static const std::regex kRead(
      R"((steady|system|high_resolution)_clock::now\b|\b(std::)?time\((nullptr|NULL|0)\)|\bclock_gettime\b|\bgettimeofday\b)");
  std::vector<SourceFile> strict;
  std::ranges::copy_if(files, std::back_inserter(strict),
                       [](const SourceFile& file) { return !may_read_clocks(file); });
  return find_in_code(strict, kRead, "time is a parameter: take a Clock, or a time point, from the caller");
}

std::vector<Finding> find_misplaced_libraries(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string included = included_file(file.lines[i]);
      for (const Library& library : kLibraries) {
        if (!included.starts_with(library.header) || library.rooms.contains(file.room())) continue;
        std::string rooms;
        for (const std::string_view room : library.rooms) rooms += " " + std::string(room) + "/";
        findings.push_back({file.path, i + 1, fmt::format("<{}> is known to{} only", included, rooms)});
      }
    }
  }
  return findings;
}

std::vector<Finding> find_prints(const std::vector<SourceFile>& files) {
  static const std::regex kPrint(
      R"(\bstd::(cout|cerr|clog|print|println)\b|\b(printf|fprintf|puts|fputs)\s*\(|\bfmt::print\b)");
  const std::set<std::string_view> quiet = {"domain", "ports", "config", "prompt", "checks", "limits",
                                            "http",   "llm",   "store",  "engine", "metrics"};
  return find_in_code(files_of(files, quiet), kPrint,
                      "this room does not print: return it, or tell a RunObserver or the log");
}

std::vector<Finding> find_adapters_outside_assembly(const std::vector<SourceFile>& files) {
  const std::set<std::string_view> adapters = {"http", "llm", "store"};
  std::vector<Finding> findings;
  for (const SourceFile& file : files_of(files, {"cli"})) {
    if (file.path.starts_with("src/cli/assemble")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string included = included_file(file.lines[i]);
      if (included.find('/') == std::string::npos ||
          !adapters.contains(included.substr(0, included.find('/'))))
        continue;
      findings.push_back({file.path, i + 1,
                          "concrete classes are named in cli/assemble* only: use the interface in ports/"});
    }
  }
  return findings;
}

std::vector<Finding> find_long_files(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (file.lines.size() <= kMaxLines) continue;
    findings.push_back(
        {file.path, 0,
         std::to_string(file.lines.size()) + " lines: split it, one class or one group of functions a file"});
  }
  return findings;
}

std::vector<Finding> find_stray_todos(const std::vector<SourceFile>& files) {
  static const std::regex kTodo(R"(\b(TODO|FIXME|XXX|HACK)\b(?!\(#[0-9]+\)))");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::size_t comment = file.lines[i].find("//");
      if (comment == std::string::npos || !std::regex_search(file.lines[i].substr(comment), kTodo)) continue;
      findings.push_back({file.path, i + 1, "write it as TODO(#12) with the issue's number, or do it"});
    }
  }
  return findings;
}

std::vector<Finding> find_silent_headers(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".hpp")) continue;
    if (std::ranges::find(file.lines, "#pragma once") == file.lines.end()) {
      findings.push_back({file.path, 0, "#pragma once is missing"});
    }
    if (file.lines.empty() || !file.lines.front().starts_with("// ")) {
      findings.push_back({file.path, 1, "a header begins with a comment that says what it promises"});
    }
  }
  return findings;
}

}  // namespace sv::architecture
