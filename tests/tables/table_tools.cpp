#include "tables/table_tools.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>

namespace sv::tables {

namespace {

namespace asio = boost::asio;

template <typename T>
Result<T> run(asio::awaitable<Result<T>> task) {
  asio::io_context context;
  std::optional<Result<T>> result;
  asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& exception, Result<T> value) {
    if (exception) std::rethrow_exception(exception);
    result = std::move(value);
  });
  context.run();
  return std::move(*result);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "sv-tables-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(std::string_view name, std::string_view content) const {
  std::ofstream(path_of(name), std::ios::binary) << content;
  return path_of(name);
}

std::vector<std::string> TemporaryDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::vector<domain::Row>> read_rows(ports::RowSource& source, std::size_t max) {
  return run(source.read(max));
}

std::vector<domain::Row> read_all_rows(ports::RowSource& source) {
  std::vector<domain::Row> all;
  for (;;) {
    Result<std::vector<domain::Row>> some = read_rows(source, 7);
    if (!some) throw std::runtime_error(some.error().message);
    if (some->empty()) return all;
    std::ranges::move(*some, std::back_inserter(all));
  }
}

Result<void> rewind(ports::RowSource& source) { return run(source.rewind()); }

Result<std::vector<ports::ExistingRow>> read_existing(ports::OutcomeSink& sink, std::size_t max) {
  return run(sink.read_existing(max));
}
Result<void> begin(ports::OutcomeSink& sink, std::uint64_t places, bool keep_existing) {
  return run(sink.begin(places, keep_existing));
}
Result<void> put(ports::OutcomeSink& sink, std::vector<domain::Outcome> outcomes) {
  return run(sink.put(std::move(outcomes)));
}
Result<void> finish(ports::OutcomeSink& sink) { return run(sink.finish()); }

domain::Outcome make_outcome(std::uint64_t place, std::string_view identifier, std::string_view comment) {
  domain::Outcome outcome;
  outcome.kind = domain::OutcomeKind::judged;
  outcome.place = place;
  outcome.row.index = place;
  outcome.row.number = place + 2;
  outcome.row.identifier = identifier;
  outcome.row.comment = comment;
  outcome.row.status = "Green";
  outcome.verdict = {.is_valid = true, .issues = {}, .rewrite_suggestion = ""};
  domain::Answer answer;
  answer.raw_json = R"({"issues":[],"is_valid":true})";
  answer.model = "test-model";
  answer.answered_at =
      std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::minutes{9 * 60 + 30};
  outcome.answer = std::make_shared<const domain::Answer>(std::move(answer));
  return outcome;
}

domain::Outcome make_unjudged(std::uint64_t place, std::string_view identifier, std::string_view reason) {
  domain::Outcome outcome = make_outcome(place, identifier, "");
  outcome.kind = domain::OutcomeKind::unjudged;
  outcome.answer = nullptr;
  outcome.reason = reason;
  return outcome;
}

}  // namespace sv::tables
