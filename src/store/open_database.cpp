#include "store/open_database.hpp"

#include "base/clock.hpp"
#include "store/store_file.hpp"

#include <fmt/format.h>

namespace sv::store {

namespace {

// Each round ends with a database, an error, or a file that was put aside; another process may do the same
// meanwhile.
constexpr int kMostRounds = 5;

// Gives the name of the file aside, which is empty when another process has moved it.
Result<std::string> put_aside(const std::string& path, FileIdentity identity,
                              std::vector<std::string>& warnings) {
  Result<std::string> aside = move_aside(path, identity, SystemClock().wall_now());
  if (aside && !aside->empty()) {
    warnings.push_back(fmt::format(
        "the answer cache {} was damaged; it was moved to {} and a new one was begun", path, *aside));
  }
  return aside;
}

void salvage(AnswerDatabase& database, const std::string& aside, std::vector<std::string>& warnings) {
  const std::uint64_t answers = database.salvage_from(aside);
  if (answers > 0)
    warnings.push_back(fmt::format("{} undamaged answers were carried over from {}", answers, aside));
}

}  // namespace

Result<std::unique_ptr<AnswerDatabase>> open_answer_database(const std::string& wanted,
                                                             const std::string& run_id, Duration busy_timeout,
                                                             std::vector<std::string>& warnings) {
  if (wanted.empty()) return fail(ErrorKind::invalid_input, "the path of the answer cache is empty");
  std::string path = wanted;
  std::string aside;
  for (int round = 0; round < kMostRounds; ++round) {
    const Result<FileFacts> facts = inspect_file(path);
    if (!facts) return std::unexpected(facts.error());
    switch (facts->owner) {
      case FileOwner::nobody:
        if (Result<void> created = create_private_file(path); !created)
          return std::unexpected(created.error());
        break;
      case FileOwner::ours:
        make_private(path);
        break;
      case FileOwner::somebody_else:
        if (path != wanted) {
          return fail(
              ErrorKind::invalid_input,
              fmt::format("{} and {} are databases of another program; use another --cache", wanted, path));
        }
        path = sibling_path(wanted);
        warnings.push_back(fmt::format(
            "{} belongs to another program and is left as it is; answers are kept in {}", wanted, path));
        continue;
      case FileOwner::unknown: {
        Result<std::string> moved = put_aside(path, facts->identity, warnings);
        if (!moved) return std::unexpected(moved.error());
        continue;
      }
    }
    auto opened = AnswerDatabase::open(path, run_id, busy_timeout);
    if (opened) {
      if (!aside.empty()) salvage(**opened, aside, warnings);
      if (!(*opened)->is_wal()) {
        warnings.push_back(fmt::format(
            "the answer cache {} is on a file system without shared memory; it works, slower", path));
      }
      return *std::move(opened);
    }
    if (!opened.error().is_damage || facts->owner == FileOwner::nobody)
      return std::unexpected(opened.error().error);
    Result<std::string> moved = put_aside(path, facts->identity, warnings);
    if (!moved) return std::unexpected(moved.error());
    aside = *moved;
  }
  return fail(ErrorKind::io,
              fmt::format("the answer cache {} is damaged again and again; check the disk", path));
}

Result<std::unique_ptr<AnswerDatabase>> replace_damaged_database(const std::string& path,
                                                                 const std::string& run_id,
                                                                 Duration busy_timeout,
                                                                 std::vector<std::string>& warnings) {
  const Result<FileFacts> facts = inspect_file(path);
  if (!facts) return std::unexpected(facts.error());
  std::string aside;
  if (facts->owner != FileOwner::nobody) {
    Result<std::string> moved = put_aside(path, facts->identity, warnings);
    if (!moved) return std::unexpected(moved.error());
    aside = *moved;
  }
  Result<std::unique_ptr<AnswerDatabase>> opened = open_answer_database(path, run_id, busy_timeout, warnings);
  if (opened && !aside.empty()) salvage(**opened, aside, warnings);
  return opened;
}

}  // namespace sv::store
