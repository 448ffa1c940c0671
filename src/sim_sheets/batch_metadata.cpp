// Developer metadata: small texts with a key and a number that a document carries for programs.
#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_kinds.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

// Google refuses row metadata beyond about 1,200 entries and values of 100,000 characters (20,000 were
// taken).
constexpr std::size_t kMostMetadata = 1'200;
constexpr std::size_t kMostMetadataCharacters = 30'000;

// Whether an entry is one that a DataFilter means; only look-ups by id, key and value are known here.
Answer<bool> is_meant(const json::object& filter, const json::value& entry) {
  if (!filter.contains("developerMetadataLookup"))
    return invalid("dataFilter: only developerMetadataLookup is known here.");
  const json::object& wanted = object_in(filter, "developerMetadataLookup");
  const json::object& there = entry.get_object();
  for (const char* name : {"metadataKey", "metadataValue"}) {
    if (wanted.contains(name) && text_in(wanted, name) != text_in(there, name)) return false;
  }
  return !wanted.contains("metadataId") || number_in(wanted, "metadataId") == number_in(there, "metadataId");
}

}  // namespace

Reply create_developer_metadata(Spreadsheet& sheet, const json::object& request) {
  json::object entry = object_in(request, "developerMetadata");
  if (text_in(entry, "metadataKey").empty()) return invalid("metadataKey must be specified.");
  if (text_in(entry, "metadataValue").size() > kMostMetadataCharacters ||
      sheet.metadata.size() >= kMostMetadata) {
    return invalid("Adding the requested developer metadata would exceed the allowed storage limit");
  }
  const json::object& location = object_in(entry, "location");
  if (location.contains("sheetId")) {
    const Answer<Tab*> tab = tab_by_id(sheet, number_in(location, "sheetId").value_or(0));
    if (!tab) return std::unexpected(tab.error());
  }
  if (!entry.contains("metadataId")) entry["metadataId"] = 1'000 + sheet.metadata.size();
  const auto id = number_in(entry, "metadataId");
  const bool is_taken = std::ranges::any_of(sheet.metadata, [&](const json::value& other) {
    return number_in(other.get_object(), "metadataId") == id;
  });
  // DeveloperMetadata.metadataId: "must be unique" within the spreadsheet.
  if (!id || is_taken) return invalid("developerMetadata.metadataId is taken already or is none.");
  sheet.metadata.push_back(entry);
  return json::object{{"createDeveloperMetadata", {{"developerMetadata", std::move(entry)}}}};
}

Reply delete_developer_metadata(Spreadsheet& sheet, const json::object& request) {
  const json::object& filter = object_in(request, "dataFilter");
  json::array deleted;
  json::array kept;
  for (json::value& entry : sheet.metadata) {
    const Answer<bool> meant = is_meant(filter, entry);
    if (!meant) return std::unexpected(meant.error());
    (*meant ? deleted : kept).push_back(entry);
  }
  sheet.metadata = std::move(kept);
  return json::object{{"deleteDeveloperMetadata", {{"deletedDeveloperMetadata", std::move(deleted)}}}};
}

}  // namespace sv::sim_sheets
