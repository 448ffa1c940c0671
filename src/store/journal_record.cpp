#include "store/journal_record.hpp"

#include "base/hash.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

namespace sv::store {

namespace {

namespace json = boost::json;

constexpr std::size_t kCrcDigits = 8;
constexpr std::size_t kKeyBytes = 8;
constexpr std::size_t kDeepestNesting = 4;

std::int64_t milliseconds_of(WallTime when) { return when.time_since_epoch().count(); }

// What JSON does not allow to stand for itself; the texts are names and paths.
void append_string(std::string_view text, std::string& to) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      to += c;
    }
  }
  to += '"';
}

void append_member(std::string_view name, std::string_view text, std::string& to) {
  fmt::format_to(std::back_inserter(to), ",\"{}\":", name);
  append_string(text, to);
}

void append_money(std::string_view name, const std::optional<domain::Money>& amount, std::string& to) {
  if (!amount) return;
  fmt::format_to(std::back_inserter(to), ",\"{}\":{},\"{}_in\":\"{}\"", name, amount->trillionths(), name,
                 amount->currency().code());
}

void append_progress(const ports::RunProgress& progress, std::string& to) {
  fmt::format_to(std::back_inserter(to),
                 ",\"judged\":{},\"cached\":{},\"decided\":{},\"unjudged\":{},\"skipped\":{},\"written\":{}",
                 progress.judged, progress.cached, progress.decided, progress.unjudged, progress.skipped,
                 progress.written);
}

void append_usage(const domain::Usage& usage, std::string& to) {
  if (usage == domain::Usage{}) return;
  fmt::format_to(std::back_inserter(to),
                 ",\"in\":{},\"cached\":{},\"cache_write\":{},\"out\":{},\"reasoning\":{}", usage.input,
                 usage.cached_input, usage.cache_write, usage.output, usage.reasoning);
}

struct Appender {
  std::string& to;

  void operator()(const JournalOpened& opened) const {
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"open\",\"run\":");
    append_string(opened.run_id, to);
    fmt::format_to(std::back_inserter(to), ",\"at\":{},\"pid\":{}", milliseconds_of(opened.at), opened.pid);
    append_member("host", opened.host, to);
    append_member("source", opened.source, to);
    append_member("target", opened.target, to);
    append_member("fingerprint", opened.fingerprint, to);
    append_member("directory", opened.directory, to);
    to += ",\"arguments\":[";
    for (std::size_t i = 0; i < opened.arguments.size(); ++i) {
      if (i > 0) to += ',';
      append_string(opened.arguments[i], to);
    }
    to += ']';
    if (opened.deadline) {
      fmt::format_to(std::back_inserter(to), ",\"deadline\":{}", milliseconds_of(*opened.deadline));
    }
    to += '}';
  }
  void operator()(const JournalRows& rows) const {
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"rows\",\"rows\":{}}}", rows.rows);
  }
  void operator()(const JournalAsked& asked) const {
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"ask\",\"n\":{},\"row\":{}", asked.number,
                   asked.row_number);
    append_member("key", asked.key, to);
    append_member("provider", asked.provider, to);
    append_member("model", asked.model, to);
    fmt::format_to(std::back_inserter(to), ",\"at\":{}", milliseconds_of(asked.at));
    append_money("reserved", asked.reserved, to);
    to += '}';
  }
  void operator()(const JournalAnswered& answered) const {
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"end\",\"n\":{},\"status\":{},\"ms\":{}",
                   answered.number, answered.http_status, answered.latency.count());
    if (!answered.error.empty()) append_member("error", answered.error, to);
    append_usage(answered.usage, to);
    append_money("cost", answered.cost, to);
    append_money("charged", answered.charged, to);
    to += '}';
  }
  void operator()(const JournalPut& put) const {
    to += "{\"t\":\"put\"";
    append_progress(put.progress, to);
    to += '}';
  }
  void operator()(const JournalBatch& batch) const {
    const ports::BatchNote& note = batch.note;
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"batch\",\"part\":{},\"as\":\"{}\",\"at\":{}", note.part,
                   ports::to_string(note.stage), milliseconds_of(batch.at));
    append_member("provider", note.provider, to);
    if (!note.id.empty()) append_member("id", note.id, to);
    if (!note.outcome.empty()) {
      append_member("outcome", note.outcome, to);
      fmt::format_to(std::back_inserter(to), ",\"answers\":{}", note.answers);
    }
    append_usage(note.usage, to);
    append_money("reserved", note.reserved, to);
    append_money("cost", note.cost, to);
    if (!note.keys.empty()) append_member("keys", fmt::format("{}", fmt::join(note.keys, " ")), to);
    to += '}';
  }
  void operator()(const JournalClosed& closed) const {
    fmt::format_to(std::back_inserter(to), "{{\"t\":\"close\",\"as\":\"{}\",\"at\":{}",
                   ports::to_string(closed.end), milliseconds_of(closed.at));
    append_progress(closed.progress, to);
    to += '}';
  }
};

std::uint64_t number_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return 0;
  if (const std::int64_t* number = value->if_int64())
    return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  if (const std::uint64_t* number = value->if_uint64()) return *number;
  return 0;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().begin(), value->get_string().end()};
}

WallTime time_of(const json::object& object) {
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(number_of(object, "at"))));
}

std::optional<domain::Money> money_of(const json::object& object, std::string_view name) {
  const std::optional<domain::Currency> currency =
      domain::Currency::parse(text_of(object, std::string(name) + "_in"));
  if (!currency) return std::nullopt;
  return domain::Money(static_cast<std::int64_t>(number_of(object, name)), *currency);
}

ports::RunProgress progress_of(const json::object& object) {
  return {.judged = number_of(object, "judged"),
          .cached = number_of(object, "cached"),
          .decided = number_of(object, "decided"),
          .unjudged = number_of(object, "unjudged"),
          .skipped = number_of(object, "skipped"),
          .written = number_of(object, "written")};
}

JournalOpened opened_of(const json::object& object) {
  JournalOpened opened{.run_id = text_of(object, "run"),
                       .at = time_of(object),
                       .pid = static_cast<std::int64_t>(number_of(object, "pid")),
                       .host = text_of(object, "host"),
                       .source = text_of(object, "source"),
                       .target = text_of(object, "target"),
                       .fingerprint = text_of(object, "fingerprint"),
                       .directory = text_of(object, "directory"),
                       .arguments = {}};
  if (const std::uint64_t deadline = number_of(object, "deadline"); deadline > 0) {
    opened.deadline = WallTime(std::chrono::milliseconds(deadline));
  }
  const json::value* arguments = object.if_contains("arguments");
  if (arguments == nullptr || !arguments->is_array()) return opened;
  for (const json::value& argument : arguments->get_array()) {
    if (argument.is_string())
      opened.arguments.emplace_back(argument.get_string().begin(), argument.get_string().end());
  }
  return opened;
}

domain::Usage usage_of(const json::object& object) {
  return {.input = number_of(object, "in"),
          .cached_input = number_of(object, "cached"),
          .cache_write = number_of(object, "cache_write"),
          .output = number_of(object, "out"),
          .reasoning = number_of(object, "reasoning")};
}

std::optional<JournalRecord> batch_of(const json::object& object) {
  JournalBatch batch{.note = {.part = number_of(object, "part")}, .at = time_of(object)};
  ports::BatchNote& note = batch.note;
  const std::string stage = text_of(object, "as");
  bool is_known = false;
  for (const ports::BatchStage one :
       {ports::BatchStage::planned, ports::BatchStage::uploaded, ports::BatchStage::creating,
        ports::BatchStage::created, ports::BatchStage::ended}) {
    if (ports::to_string(one) != stage) continue;
    note.stage = one;
    is_known = true;
  }
  if (!is_known || note.part == 0) return std::nullopt;
  note.provider = text_of(object, "provider");
  note.id = text_of(object, "id");
  note.outcome = text_of(object, "outcome");
  note.answers = number_of(object, "answers");
  note.usage = usage_of(object);
  note.reserved = money_of(object, "reserved");
  note.cost = money_of(object, "cost");
  const std::string keys = text_of(object, "keys");
  for (std::size_t at = 0; at < keys.size();) {
    const std::size_t end = std::min(keys.find(' ', at), keys.size());
    note.keys.push_back(keys.substr(at, end - at));
    at = end + 1;
  }
  return batch;
}

JournalAnswered answered_of(const json::object& object) {
  JournalAnswered answered{.number = number_of(object, "n"),
                           .error = text_of(object, "error"),
                           .http_status = static_cast<int>(number_of(object, "status")),
                           .latency = std::chrono::milliseconds(number_of(object, "ms")),
                           .usage = usage_of(object),
                           .cost = std::nullopt};
  answered.cost = money_of(object, "cost");
  answered.charged = money_of(object, "charged");
  return answered;
}

std::optional<ports::RunEnd> end_named(std::string_view name) {
  for (const ports::RunEnd end :
       {ports::RunEnd::finished, ports::RunEnd::interrupted, ports::RunEnd::failed}) {
    if (ports::to_string(end) == name) return end;
  }
  return std::nullopt;
}

std::optional<JournalRecord> record_of(const json::object& object) {
  const std::string kind = text_of(object, "t");
  if (kind == "open") return opened_of(object);
  if (kind == "rows") return JournalRows{number_of(object, "rows")};
  if (kind == "ask") {
    return JournalAsked{.number = number_of(object, "n"),
                        .row_number = number_of(object, "row"),
                        .key = text_of(object, "key"),
                        .provider = text_of(object, "provider"),
                        .model = text_of(object, "model"),
                        .at = time_of(object),
                        .reserved = money_of(object, "reserved")};
  }
  if (kind == "end") return answered_of(object);
  if (kind == "batch") return batch_of(object);
  if (kind == "put") return JournalPut{progress_of(object)};
  if (kind == "close") {
    const std::optional<ports::RunEnd> end = end_named(text_of(object, "as"));
    if (!end) return std::nullopt;
    return JournalClosed{.end = *end, .at = time_of(object), .progress = progress_of(object)};
  }
  return std::nullopt;
}

}  // namespace

void append_line(const JournalRecord& record, std::string& to) {
  const std::size_t begin = to.size();
  to.append(kCrcDigits + 1, ' ');
  std::visit(Appender{to}, record);
  const std::uint32_t crc = crc32(std::string_view(to).substr(begin + kCrcDigits + 1));
  fmt::format_to(to.begin() + static_cast<std::ptrdiff_t>(begin), "{:08x}", crc);
  to += '\n';
}

ReadLine read_line(std::string_view line) {
  ReadLine read;
  if (line.size() <= kCrcDigits + 1 || line.size() > kLongestJournalLine || line[kCrcDigits] != ' ')
    return read;
  // Compared as text: one changed bit of a digit (`a` to `A`) would read as the same number.
  std::array<char, kCrcDigits> crc{};
  const std::string_view content = line.substr(kCrcDigits + 1);
  fmt::format_to(crc.begin(), "{:08x}", crc32(content));
  if (line.substr(0, kCrcDigits) != std::string_view(crc.data(), crc.size())) return read;
  json::parse_options options;
  options.max_depth = kDeepestNesting;
  boost::system::error_code failure;
  const json::value value = json::parse(content, failure, {}, options);
  if (failure || !value.is_object()) return read;
  std::optional<JournalRecord> record = record_of(value.get_object());
  read.state = record ? LineState::record : LineState::unknown;
  if (record) read.record = *std::move(record);
  return read;
}

std::string key_text(const domain::AnswerKey& key) { return to_hex(std::span(key).first<kKeyBytes>()); }

}  // namespace sv::store
