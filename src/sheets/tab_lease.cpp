#include "sheets/tab_lease.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;

constexpr std::string_view kKey = "status-validator.lease";
constexpr std::size_t kShownColumns = 120;

// One for each tab, whatever its case: a positive number of 31 bits.
std::int64_t metadata_id_of(std::string_view tab) {
  const Sha256Digest digest = sha256(fmt::format("{} {}", kKey, fold_case(tab)));
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8U | digest[i];
  return static_cast<std::int64_t>(1 + bits % kMostTabId);
}

struct Held {
  std::string holder_id;
  std::string words;
  WallTime until{};
};

// What others wrote; anything that cannot be read is out of date.
Held read_value(std::string_view value) {
  boost::system::error_code error;
  const json::value parsed = json::parse(value, error);
  const json::object* fields = error ? nullptr : parsed.if_object();
  Held held;
  if (fields == nullptr) return held;
  const auto text = [fields](std::string_view name) {
    const json::value* found = fields->if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  held.holder_id = text("holder");
  held.words = text("words");
  const json::value* until = fields->if_contains("until");
  if (until != nullptr && until->is_int64())
    held.until = WallTime(std::chrono::milliseconds(until->get_int64()));
  return held;
}

json::value lookup(std::int64_t id, std::string_view value) {
  return {{"developerMetadataLookup", {{"metadataId", id}, {"metadataKey", kKey}, {"metadataValue", value}}}};
}

void add_deletion(std::int64_t id, std::string_view value, json::array& requests) {
  requests.push_back({{"deleteDeveloperMetadata", {{"dataFilter", lookup(id, value)}}}});
}

}  // namespace

TabLease::TabLease(SheetsClient& client, Clock& clock, std::string spreadsheet_id, std::string_view tab,
                   LeaseHolder holder)
    : client_(client),
      clock_(clock),
      spreadsheet_id_(std::move(spreadsheet_id)),
      tab_(tab),
      holder_(std::move(holder)),
      metadata_id_(metadata_id_of(tab)) {}

boost::asio::awaitable<Result<void>> TabLease::take() { co_return co_await hold(true); }

boost::asio::awaitable<Result<void>> TabLease::keep() {
  if (clock_.now() - renewed_at_ < kRenewAfter) co_return Result<void>();
  co_return co_await hold(false);
}

boost::asio::awaitable<Result<void>> TabLease::hold(bool is_first) {
  const Result<void> held = co_await client_.write_by_looking(
      spreadsheet_id_, [this, is_first](std::optional<Error>) { return look(is_first); });
  if (held) renewed_at_ = clock_.now();
  co_return held;
}

boost::asio::awaitable<Result<json::array>> TabLease::look(bool is_first) {
  const auto metadata = co_await client_.metadata(spreadsheet_id_);
  if (!metadata) co_return std::unexpected(metadata.error());
  const auto there = std::ranges::find(*metadata, metadata_id_, &DeveloperMetadata::id);
  const WallTime now = clock_.wall_now();
  json::array requests;
  if (there != metadata->end()) {
    const Held held = read_value(there->value);
    // The reply to our own request was lost.
    const bool is_renewed = there->value == value_ && held.until > now + kLife - kRenewAfter;
    if (is_renewed) co_return requests;
    const bool is_ours = held.holder_id == holder_.id;
    if (!is_ours && (held.until > now || !is_first)) {
      const std::string who = shorten(sanitize_for_terminal(held.words), kShownColumns);
      const auto end =
          std::chrono::system_clock::to_time_t(std::chrono::ceil<std::chrono::seconds>(held.until));
      co_return fail(ErrorKind::already_locked,
                     fmt::format("another run writes to the tab \"{}\": {}; wait for its end, or stop it and "
                                 "run again (if it was "
                                 "killed: after {} UTC)",
                                 shown_name(tab_), who, fmt::format("{:%H:%M}", fmt::gmtime(end))));
    }
    // By its value: whoever was quicker has another one there, and then the id is taken.
    add_deletion(metadata_id_, there->value, requests);
  }
  value_ = json::serialize(json::value{
      {"holder", holder_.id}, {"words", holder_.words}, {"until", (now + kLife).time_since_epoch().count()}});
  requests.push_back({{"createDeveloperMetadata",
                       {{"developerMetadata",
                         {{"metadataId", metadata_id_},
                          {"metadataKey", kKey},
                          {"metadataValue", value_},
                          {"location", {{"spreadsheet", true}}},
                          {"visibility", "DOCUMENT"}}}}}});
  co_return requests;
}

boost::asio::awaitable<Result<json::array>> TabLease::look_for_end() {
  const auto metadata = co_await client_.metadata(spreadsheet_id_);
  if (!metadata) co_return std::unexpected(metadata.error());
  json::array requests;
  const auto there = std::ranges::find(*metadata, metadata_id_, &DeveloperMetadata::id);
  if (there != metadata->end() && there->value == value_) add_deletion(metadata_id_, value_, requests);
  co_return requests;
}

boost::asio::awaitable<void> TabLease::give_back() {
  const Result<void> given = co_await client_.write_by_looking(
      spreadsheet_id_, [this](std::optional<Error>) { return look_for_end(); });
  if (!given) log(LogLevel::debug, "the lease of the tab was not given back: {}", given.error().message);
}

}  // namespace sv::sheets
