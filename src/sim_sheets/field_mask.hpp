// Google's field masks: `sheets(properties.title,merges),spreadsheetId`, with `.` or `/` between steps.
#pragma once

#include "sim_sheets/api_error.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim_sheets {

class FieldMask {
 public:
  // Error: unbalanced or empty. Nested deeper than 32 is refused too. Unknown names are kept: they match
  // nothing (Google refuses them).
  static Answer<FieldMask> parse(std::string_view text);

  // Whether anything at or below that path is asked for.
  bool touches(const std::vector<std::string_view>& path) const;
  // What of `value` is asked for; an asked object whose members are not stays as `{}`, as at Google.
  boost::json::value cut(const boost::json::value& value) const;
  // Its steps one level down; empty below a leaf (everything is meant).
  const std::map<std::string, FieldMask>& children() const { return children_; }
  bool is_everything() const { return children_.empty() || children_.contains("*"); }

 private:
  std::map<std::string, FieldMask> children_;
};

// Sets in `target` what `mask` names, from `source`; what `source` lacks is erased. The meaning of `fields`
// in update requests.
void apply_masked(boost::json::object& target, const boost::json::object& source, const FieldMask& mask);

}  // namespace sv::sim_sheets
