#include "sim_sheets/field_mask.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <optional>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

// Deeper than any field of the API, shallow enough for the stack.
constexpr int kDeepestMask = 32;

struct Node {
  std::map<std::string, Node> children;
};

class MaskParser {
 public:
  explicit MaskParser(std::string_view text) : text_(text) {}

  bool parse_list(Node& into, int depth) {
    if (depth > kDeepestMask) return false;
    for (;;) {
      if (!parse_path(into, depth)) return false;
      if (at_ == text_.size() || text_[at_] != ',') return true;
      ++at_;
    }
  }
  bool is_done() const { return at_ == text_.size(); }

 private:
  bool parse_path(Node& into, int depth) {
    Node* node = &into;
    for (int steps = depth;; ++steps) {
      if (steps > kDeepestMask) return false;
      std::string name;
      while (at_ < text_.size() && std::string_view(".,/()").find(text_[at_]) == std::string_view::npos) {
        if (text_[at_] != ' ') name += text_[at_];
        ++at_;
      }
      if (name.empty()) return false;
      node = &node->children[name];
      if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == ')') return true;
      if (text_[at_] == '(') {
        ++at_;
        if (!parse_list(*node, steps + 1) || at_ == text_.size() || text_[at_] != ')') return false;
        ++at_;
        return true;
      }
      ++at_;  // "." or "/"
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Answer<FieldMask> FieldMask::parse(std::string_view text) {
  Node root;
  MaskParser parser(text);
  if (!parser.parse_list(root, 0) || !parser.is_done()) {
    return invalid(fmt::format("Request contains an invalid argument: fields \"{}\"", text));
  }
  const auto convert = [](const auto& self, const Node& node) -> FieldMask {
    FieldMask mask;
    for (const auto& [name, child] : node.children) mask.children_.emplace(name, self(self, child));
    return mask;
  };
  return convert(convert, root);
}

bool FieldMask::touches(const std::vector<std::string_view>& path) const {
  const FieldMask* mask = this;
  for (const std::string_view step : path) {
    if (mask->is_everything()) return true;
    const auto found = mask->children_.find(std::string(step));
    if (found == mask->children_.end()) return false;
    mask = &found->second;
  }
  return true;
}

json::value FieldMask::cut(const json::value& value) const {
  if (is_everything()) return value;
  if (value.is_array()) {
    json::array kept;
    for (const json::value& item : value.get_array()) kept.push_back(cut(item));
    return kept;
  }
  if (!value.is_object()) return value;
  json::object kept;
  for (const auto& [name, member] : value.get_object()) {
    const auto found = children_.find(std::string(name));
    if (found != children_.end()) kept[name] = found->second.cut(member);
  }
  return kept;
}

void apply_masked(json::object& target, const json::object& source, const FieldMask& mask) {
  if (mask.is_everything()) {
    target = source;
    return;
  }
  for (const auto& [name, child] : mask.children()) {
    const json::value* given = source.if_contains(name);
    if (given == nullptr && child.is_everything()) {
      target.erase(name);
    } else if (child.is_everything()) {
      target[name] = *given;
    } else {
      json::value& inner = target[name];
      if (!inner.is_object()) inner = json::object();
      apply_masked(inner.get_object(),
                   given != nullptr && given->is_object() ? given->get_object() : json::object(), child);
      if (inner.get_object().empty()) target.erase(name);
    }
  }
}

}  // namespace sv::sim_sheets
