// What a crash does not touch: the disk, the spreadsheet, the provider, and what really happened there.
#pragma once

#include "base/error.hpp"
#include "base/random.hpp"
#include "domain/answer.hpp"
#include "domain/row.hpp"
#include "ports/answer_cache.hpp"
#include "ports/learnt_facts.hpp"
#include "sim/llm_model.hpp"
#include "sim/virtual_clock.hpp"
#include "sim_sheets/sheets_model.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sv::simulation {

// The answers that a power cut would leave, and who may read them.
struct Disk {
  std::map<domain::AnswerKey, std::shared_ptr<const domain::Answer>> answers;
  // When each was committed by this very run (--force): in these simulations all are of one run.
  std::map<std::string, std::string> facts;
  std::string directory;  // of the real journal, on this machine's memory disk
};

// The store's contract (ports/answer_cache.hpp) on the disk above: commits take a group's time; what has not
// got there dies with the process. It fails from `full_after` commits on.
class DiskCache final : public ports::AnswerCache {
 public:
  DiskCache(boost::asio::io_context& io, Clock& clock, Random& random, Disk& disk,
            std::optional<std::uint64_t> full_after)
      : io_(io), clock_(clock), random_(random), disk_(disk), full_after_(full_after) {}

  boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      ports::AnswerLookups lookups) override {
    const TimePoint when = clock_.now() + delay();
    co_await clock_.sleep_until(when);
    std::vector<std::shared_ptr<const domain::Answer>> found;
    const std::size_t rows = lookups.this_run_only.size();
    for (std::size_t row = 0; row < rows; ++row) {
      std::shared_ptr<const domain::Answer> answer;
      for (std::size_t i = 0; i < lookups.keys_per_row && !answer; ++i) {
        const auto known = disk_.answers.find(lookups.keys[row * lookups.keys_per_row + i]);
        if (known != disk_.answers.end()) answer = known->second;
      }
      found.push_back(std::move(answer));
    }
    co_return found;
  }

  void commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
              boost::asio::any_completion_handler<void(Result<void>)> committed) override {
    ++pending_;
    const bool fails = full_after_ && commits_++ >= *full_after_;
    boost::asio::co_spawn(
        io_, keep(key, std::move(answer), fails),
        [handler = std::move(committed), fails](std::exception_ptr) mutable {
          std::move(handler)(fails ? Result<void>(fail(ErrorKind::io, "disk full")) : Result<void>());
        });
  }

  boost::asio::awaitable<void> flush() override { co_return; }

  std::uint64_t pending() const { return pending_; }

 private:
  // Up to a group's time and a slow fsync.
  Duration delay() { return std::chrono::microseconds(random_.below(40'000)); }

  boost::asio::awaitable<void> keep(domain::AnswerKey key, std::shared_ptr<const domain::Answer> answer,
                                    bool fails) {
    const TimePoint durable = clock_.now() + delay();
    co_await clock_.sleep_until(durable);
    if (!fails) disk_.answers[key] = std::move(answer);
    --pending_;
    // On the disk, and nobody knows it yet: a crash may come here.
    const TimePoint told = clock_.now() + delay() / 8;
    co_await clock_.sleep_until(told);
  }

  boost::asio::io_context& io_;
  Clock& clock_;
  Random& random_;
  Disk& disk_;
  std::optional<std::uint64_t> full_after_;
  std::uint64_t commits_ = 0;
  std::uint64_t pending_ = 0;
};

class DiskFacts final : public ports::LearntFacts {
 public:
  explicit DiskFacts(Disk& disk) : disk_(disk) {}
  std::optional<std::string> recall(std::string_view name) const override {
    const auto found = disk_.facts.find(std::string(name));
    return found == disk_.facts.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(std::string_view name, std::string_view value) override {
    disk_.facts[std::string(name)] = value;
  }

 private:
  Disk& disk_;
};

}  // namespace sv::simulation
