#include "store/row_states_file.hpp"

#include "base/hash.hpp"
#include "base/system_files.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sv::store {

namespace {

constexpr std::string_view kJournalEnding = ".journal";
constexpr std::size_t kBlock = std::size_t{64} << 10U;
constexpr std::int64_t kFormat = 1;
constexpr std::string_view kChecksumName = "\"crc\":\"";
constexpr std::string_view kLetters = "-vir";  // in the order of RowVerdict

std::unexpected<Error> failed(const std::string& path, int code) {
  return fail(kind_of_system_error(code), fmt::format("cannot keep the rows of the run in {}: {}", path,
                                                      std::generic_category().message(code)));
}

void append_text(std::string_view text, std::string& to) {
  to += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::optional<std::string> read_all(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (file.number() < 0) return std::nullopt;
  std::string text;
  std::string block(kBlock, '\0');
  for (;;) {
    const ssize_t got = read_up_to(file.number(), block.data(), block.size());
    if (got < 0) return std::nullopt;
    text.append(block, 0, static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < block.size()) return text;
  }
}

std::optional<ports::RowState> read_row(std::string_view line) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({line.data(), line.size()}, error);
  const boost::json::array* const cells = error ? nullptr : value.if_array();
  if (cells == nullptr || cells->size() < 5) return std::nullopt;
  const auto text = [cells](std::size_t at) {
    const boost::json::string* const found = (*cells)[at].if_string();
    return found == nullptr ? std::string() : std::string(found->data(), found->size());
  };
  const std::string letter = text(4);
  const std::size_t verdict = letter.size() == 1 ? kLetters.find(letter) : std::string_view::npos;
  if (!(*cells)[0].is_int64() || verdict == std::string_view::npos) return std::nullopt;
  return ports::RowState{.number = static_cast<std::uint64_t>((*cells)[0].get_int64()),
                         .identifier = text(1),
                         .manager = text(2),
                         .text_hash = text(3),
                         .verdict = static_cast<ports::RowVerdict>(verdict)};
}

std::optional<boost::json::object> read_object(std::string_view line) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({line.data(), line.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::int64_t number_in(const boost::json::object& object, std::string_view name) {
  const boost::json::value* const found = object.if_contains({name.data(), name.size()});
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string text_in(const boost::json::object& object, std::string_view name) {
  const boost::json::value* const found = object.if_contains({name.data(), name.size()});
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

std::string row_states_path_of(const std::string& journal_path) {
  std::string_view stem = journal_path;
  if (stem.ends_with(kJournalEnding)) stem.remove_suffix(kJournalEnding.size());
  return std::string(stem) + ".rows";
}

Result<RowStatesFile> RowStatesFile::create(const std::string& journal_path, const ports::RunStates& about) {
  std::string path = row_states_path_of(journal_path);
  std::string temporary = path + ".tmp";
  FileDescriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (file.number() < 0) return failed(temporary, errno);
  RowStatesFile made(std::move(path), std::move(temporary), std::move(file));
  made.pending_ = fmt::format("{{\"format\":{},\"run\":", kFormat);
  append_text(about.run_id, made.pending_);
  made.pending_ += fmt::format(",\"at\":{},\"question\":", about.started_at.time_since_epoch().count());
  append_text(about.question, made.pending_);
  made.pending_ += fmt::format(",\"limit\":{}}}\n", about.limit);
  return made;
}

RowStatesFile::~RowStatesFile() {
  if (file_.number() >= 0) static_cast<void>(::unlink(temporary_path_.c_str()));
}

void RowStatesFile::add(const ports::RowState& row) {
  if (error_number_ != 0) return;
  pending_ += fmt::format("[{},", row.number);
  append_text(row.identifier, pending_);
  pending_ += ',';
  append_text(row.manager, pending_);
  pending_ += ',';
  append_text(row.text_hash, pending_);
  pending_ += fmt::format(",\"{}\"]\n", kLetters[static_cast<std::size_t>(row.verdict)]);
  ++rows_;
  if (pending_.size() >= kBlock) flush();
}

void RowStatesFile::flush() {
  checksum_ = crc32(pending_, checksum_);
  if (error_number_ == 0) error_number_ = write_all(file_.number(), pending_);
  pending_.clear();
}

Result<void> RowStatesFile::finish(bool is_complete) {
  pending_ += fmt::format("{{\"rows\":{},\"complete\":{},{}", rows_, is_complete, kChecksumName);
  flush();
  pending_ = fmt::format("{:08x}\"}}\n", checksum_);
  flush();
  if (error_number_ == 0 && std::rename(temporary_path_.c_str(), path_.c_str()) != 0) error_number_ = errno;
  if (error_number_ != 0) return failed(path_, error_number_);
  return {};
}

std::optional<ports::RunStates> read_row_states(const std::string& journal_path) {
  const std::optional<std::string> text = read_all(row_states_path_of(journal_path));
  if (!text || !text->ends_with('\n')) return std::nullopt;
  const std::size_t last_line = text->rfind('\n', text->size() - 2) + 1;  // npos + 1 = 0
  const std::string_view body = std::string_view(*text).substr(0, last_line);
  const auto end = read_object(std::string_view(*text).substr(last_line));
  const auto head = read_object(body.substr(0, body.find('\n')));
  if (!end || !head || number_in(*head, "format") != kFormat) return std::nullopt;
  const std::size_t checked = text->rfind(kChecksumName);
  if (checked == std::string::npos) return std::nullopt;
  const std::uint32_t checksum = crc32(std::string_view(*text).substr(0, checked + kChecksumName.size()));
  if (text_in(*end, "crc") != fmt::format("{:08x}", checksum)) return std::nullopt;
  ports::RunStates states;
  states.run_id = text_in(*head, "run");
  states.started_at = WallTime(std::chrono::milliseconds(number_in(*head, "at")));
  states.question = text_in(*head, "question");
  states.limit = static_cast<std::uint64_t>(number_in(*head, "limit"));
  const boost::json::value* const complete = end->if_contains("complete");
  states.is_complete = complete != nullptr && complete->is_bool() && complete->get_bool();
  for (std::size_t begin = body.find('\n') + 1; begin < body.size();) {
    const std::size_t line_end = body.find('\n', begin);
    std::optional<ports::RowState> row = read_row(body.substr(begin, line_end - begin));
    if (!row) return std::nullopt;
    states.rows.push_back(*std::move(row));
    begin = line_end + 1;
  }
  if (states.rows.size() != static_cast<std::uint64_t>(number_in(*end, "rows"))) return std::nullopt;
  std::ranges::sort(states.rows, {}, &ports::RowState::number);
  return states;
}

}  // namespace sv::store
