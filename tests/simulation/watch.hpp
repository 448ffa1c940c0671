// The invariants of a run, checked at every step, and the trace by which two runs are compared.
#pragma once

#include "ports/outcome_sink.hpp"
#include "ports/run_journal.hpp"
#include "ports/run_observer.hpp"
#include "simulation/outside.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::simulation {

// Promises that did not hold; the first is the one to look at. Noted, not thrown: an exception on its way
// through the engine would break others.
class Findings {
 public:
  void note(std::string text) {
    if (first_.empty()) first_ = std::move(text);
  }
  bool empty() const { return first_.empty(); }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

// FNV-1a over what happened and when.
class Trace {
 public:
  explicit Trace(bool is_printed) : is_printed_(is_printed) {}
  void note(Duration at, std::string_view what, std::uint64_t number) {
    ++events_;
    add(static_cast<std::uint64_t>(at.count()));
    for (const char c : what) mix(static_cast<unsigned char>(c));
    add(number);
    if (is_printed_) fmt::print("{:12.6f} {} {}\n", to_seconds(at), what, number);
  }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return events_; }

 private:
  void add(std::uint64_t value) {
    for (int i = 0; i < 8; ++i, value >>= 8U) mix(static_cast<unsigned char>(value & 0xFFU));
  }
  void mix(unsigned char byte) { hash_ = (hash_ ^ byte) * 1099511628211ULL; }

  bool is_printed_;
  std::uint64_t hash_ = 14695981039346656037ULL;
  std::uint64_t events_ = 0;
};

// What the engine tells of one process.
class Watch final : public ports::RunObserver {
 public:
  Watch(const sim::VirtualClock& clock, Trace& trace, Findings& findings)
      : clock_(clock), trace_(trace), findings_(findings) {}

  void on_run_started(std::uint64_t rows) override { rows_ = rows; }
  void on_row_finished(const domain::Outcome& outcome) override {
    trace_.note(clock_.elapsed(), "row", outcome.row.index);
    if (++finished_[outcome.row.index] > 1)
      findings_.note(fmt::format("row {} has two outcomes", outcome.row.index));
    if (finished_.size() > rows_) findings_.note("more outcomes than rows");
  }
  void on_request_started(std::string_view provider) override {
    ++started_;
    trace_.note(clock_.elapsed(), provider, started_);
  }
  void on_request_finished(const ports::RequestReport& report) override {
    ++ended_;
    trace_.note(clock_.elapsed(), report.error ? to_string(*report.error) : "answer", ended_);
    if (ended_ > started_) findings_.note("more requests ended than were started");
  }
  void on_retry(ErrorKind reason, Duration delay) override {
    trace_.note(clock_.elapsed(), to_string(reason), static_cast<std::uint64_t>(delay.count()));
  }

  std::uint64_t in_flight() const { return started_ - ended_; }
  std::uint64_t finished() const { return finished_.size(); }

 private:
  const sim::VirtualClock& clock_;
  Trace& trace_;
  Findings& findings_;
  std::map<std::uint64_t, int> finished_;
  std::uint64_t rows_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t ended_ = 0;
};

// Counts what the target has really taken.
class CountingSink final : public ports::OutcomeSink {
 public:
  explicit CountingSink(ports::OutcomeSink& inner) : inner_(inner) {}
  ports::PutPace pace() const override { return inner_.pace(); }
  bool wants_announcement() const override { return inner_.wants_announcement(); }
  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override {
    return inner_.read_existing(max);
  }
  boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) override {
    return inner_.begin(places, keep_existing);
  }
  boost::asio::awaitable<Result<void>> announce(std::vector<ports::AnnouncedRow> rows) override {
    return inner_.announce(std::move(rows));
  }
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override {
    const std::uint64_t count = outcomes.size();
    const Result<void> put = co_await inner_.put(std::move(outcomes));
    if (put) taken_ += count;
    co_return put;
  }
  boost::asio::awaitable<Result<void>> finish() override { return inner_.finish(); }

  std::uint64_t taken() const { return taken_; }

 private:
  ports::OutcomeSink& inner_;
  std::uint64_t taken_ = 0;
};

// The real journal behind it.
class CheckedJournal final : public ports::RunJournal {
 public:
  CheckedJournal(ports::RunJournal& inner, const Disk& disk, const CountingSink& sink, Findings& findings)
      : inner_(inner), disk_(disk), sink_(sink), findings_(findings) {}

  Result<void> begin_run(std::uint64_t rows) override { return inner_.begin_run(rows); }
  Result<ports::RequestNumber> begin_request(const ports::RequestStart& start) override {
    if (start.key != nullptr && disk_.answers.contains(*start.key)) {
      findings_.note(fmt::format("row {} is asked about and its answer is on the disk", start.row_number));
    }
    Result<ports::RequestNumber> number = inner_.begin_request(start);
    if (number) ++asked_;
    return number;
  }
  void end_request(ports::RequestNumber number, const ports::RequestEnd& end) override {
    inner_.end_request(number, end);
  }
  void note_written(const ports::RunProgress& progress) override {
    if (progress.written > sink_.taken()) {
      findings_.note(fmt::format("{} rows are marked as written, and the target has taken {}",
                                 progress.written, sink_.taken()));
    }
    inner_.note_written(progress);
  }
  void end_run(ports::RunEnd end, const ports::RunProgress& progress) override {
    if (end == ports::RunEnd::finished &&
        progress.unjudged + progress.judged + progress.cached != sink_.taken()) {
      findings_.note(fmt::format("the run is called finished, and the target has taken {} of {} rows",
                                 sink_.taken(), progress.unjudged + progress.judged + progress.cached));
    }
    inner_.end_run(end, progress);
  }

  std::uint64_t asked() const { return asked_; }

 private:
  ports::RunJournal& inner_;
  const Disk& disk_;
  const CountingSink& sink_;
  Findings& findings_;
  std::uint64_t asked_ = 0;
};

}  // namespace sv::simulation
