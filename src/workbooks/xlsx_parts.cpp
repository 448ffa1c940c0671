#include "workbooks/xlsx_parts.hpp"

#include "tables/record_scanner.hpp"
#include "workbooks/xml_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace sv::workbooks {

namespace {

struct Relation {
  std::string type;    // the last part of its address: "worksheet"
  std::string target;  // the part's name in the container
};
using Relations = std::map<std::string, Relation, std::less<>>;

constexpr std::size_t kMostTabs = 10'000;
constexpr std::size_t kMostFormats = 100'000;

// "../media/x" beside "xl/worksheets/a.xml" is "xl/media/x"; "/xl/x" stands for itself.
std::string resolve(std::string_view target, std::string_view directory) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::string path(directory);
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    const std::size_t slash = path.find_last_of('/', path.size() < 2 ? 0 : path.size() - 2);
    path.resize(slash == std::string::npos ? 0 : slash + 1);
  }
  return path + std::string(target);
}

class RelationsHandler final : public XmlHandler {
 public:
  explicit RelationsHandler(std::string directory) : directory_(std::move(directory)) {}
  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element != "Relationship" || attributes.text("TargetMode") == "External") return;
    std::string_view type = attributes.text("Type");
    type = type.substr(type.find_last_of('/') == std::string_view::npos ? 0 : type.find_last_of('/') + 1);
    relations.emplace(attributes.text("Id"),
                      Relation{std::string(type), resolve(attributes.text("Target"), directory_)});
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  Relations relations;

 private:
  std::string directory_;
};

class WorkbookHandler final : public XmlHandler {
 public:
  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "workbookPr") {
      const std::string_view value = attributes.text("date1904");
      is_1904 = value == "1" || value == "true";
    }
    if (element != "sheet" || tabs.size() == kMostTabs) return;
    const std::string_view state = attributes.text("state");
    // The only `id` with a prefix is the relation's; `sheetId` is another name.
    tabs.push_back({.name = std::string(attributes.text("name")),
                    .part = std::string(attributes.text("id")),
                    .is_hidden = state == "hidden" || state == "veryHidden"});
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  std::vector<Tab> tabs;
  bool is_1904 = false;
};

class StringsHandler final : public XmlHandler {
 public:
  explicit StringsHandler(SharedStrings& strings) : strings_(strings) {}
  void start(std::string_view element, const XmlAttributes&) override {
    if (element == "si") text_.clear();
    if (element == "rPh") is_phonetic_ = true;
    is_text_ = element == "t" && !is_phonetic_;
  }
  void end(std::string_view element) override {
    is_text_ = false;
    if (element == "rPh") is_phonetic_ = false;
    if (element == "si") strings_.add(unescape_xlsx(text_));
  }
  void text(std::string_view text) override {
    if (is_text_ && text_.size() <= tables::kMaxCellBytes) text_ += text;  // beyond: as in a cell
  }

 private:
  SharedStrings& strings_;
  std::string text_;
  bool is_text_ = false;
  bool is_phonetic_ = false;
};

class FormatsHandler final : public XmlHandler {
 public:
  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "cellXfs") is_in_cell_formats_ = true;
    if (element == "numFmt" && codes_.size() < kMostFormats) {
      if (const auto id = attributes.number("numFmtId")) {
        codes_[*id] = parse_number_format(attributes.text("formatCode"));
      }
    }
    if (element == "xf" && is_in_cell_formats_ && formats.size() < kMostFormats) {
      const std::size_t id = attributes.number("numFmtId").value_or(0);
      const auto own = codes_.find(id);
      formats.push_back(own == codes_.end() ? builtin_number_format(id) : own->second);
    }
  }
  void end(std::string_view element) override {
    if (element == "cellXfs") is_in_cell_formats_ = false;
  }
  void text(std::string_view) override {}

  std::vector<NumberFormat> formats;

 private:
  std::map<std::size_t, NumberFormat> codes_;
  bool is_in_cell_formats_ = false;
};

std::string directory_of_part(std::string_view part) {
  const std::size_t slash = part.find_last_of('/');
  return slash == std::string_view::npos ? std::string() : std::string(part.substr(0, slash + 1));
}

// The relations of a part; empty when it has none.
Result<Relations> read_relations(const ZipArchive& archive, const std::string& part) {
  const std::string directory = directory_of_part(part);
  const std::string name = directory + "_rels/" + part.substr(directory.size()) + ".rels";
  if (!archive.has(name)) return Relations();
  RelationsHandler handler(directory);
  if (const Result<void> parsed = parse_part(archive, name, handler); !parsed)
    return std::unexpected(parsed.error());
  return std::move(handler.relations);
}

std::string part_of_type(const Relations& relations, std::string_view type) {
  const auto found =
      std::ranges::find_if(relations, [type](const auto& entry) { return entry.second.type == type; });
  return found == relations.end() ? std::string() : found->second.target;
}

constexpr std::size_t kCodeBytes = 7;

// Of `_xHHHH_` with four hexadecimal digits that begins at `at`.
std::optional<unsigned> code_at(std::string_view text, std::size_t at) {
  if (at + kCodeBytes > text.size() || text[at] != '_' || text[at + 1] != 'x' ||
      text[at + kCodeBytes - 1] != '_')
    return std::nullopt;
  unsigned code = 0;
  const char* const digits = text.data() + at + 2;
  const auto [end, error] = std::from_chars(digits, digits + 4, code, 16);
  if (error != std::errc() || end != digits + 4) return std::nullopt;
  return code;
}

}  // namespace

Result<void> parse_part(const ZipArchive& archive, const std::string& part, XmlHandler& handler) {
  XmlParser parser(handler);
  const auto in_part = [&](Error error) {
    return std::unexpected(with_context(fmt::format("{}: {}", archive.name(), part), std::move(error)));
  };
  Result<void> parsed;
  const Result<void> read = archive.read(part, [&](std::string_view piece) -> Result<bool> {
    parsed = parser.feed(piece);
    return parsed.has_value();
  });
  if (!read) return read;
  if (parsed) parsed = parser.finish();
  if (!parsed) return in_part(parsed.error());
  return {};
}

Result<XlsxWorkbook> read_xlsx_workbook(const ZipArchive& archive) {
  const Result<Relations> package = read_relations(archive, "");
  if (!package) return std::unexpected(package.error());
  const std::string main = part_of_type(*package, "officeDocument");
  if (main.ends_with(".bin")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: it is a binary workbook (.xlsb): save it as .xlsx", archive.name()));
  }
  if (main.empty() || !archive.has(main)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: it is a zip file, but no workbook", archive.name()));
  }
  const Result<Relations> relations = read_relations(archive, main);
  if (!relations) return std::unexpected(relations.error());
  WorkbookHandler handler;
  if (const Result<void> parsed = parse_part(archive, main, handler); !parsed)
    return std::unexpected(parsed.error());
  XlsxWorkbook workbook{.tabs = {},
                        .is_1904 = handler.is_1904,
                        .shared_strings_part = part_of_type(*relations, "sharedStrings"),
                        .styles_part = part_of_type(*relations, "styles")};
  for (Tab& tab : handler.tabs) {
    const auto relation = relations->find(tab.part);
    // Charts and macros have tabs too, but no cells.
    if (relation == relations->end() || relation->second.type != "worksheet") continue;
    tab.part = relation->second.target;
    workbook.tabs.push_back(std::move(tab));
  }
  return workbook;
}

Result<SharedStrings> SharedStrings::read(const ZipArchive& archive, const std::string& part) {
  SharedStrings strings;
  if (part.empty() || !archive.has(part)) return strings;
  StringsHandler handler(strings);
  XmlParser parser(handler);
  if (const Result<void> parsed = parse_part(archive, part, handler); !parsed)
    return std::unexpected(parsed.error());
  if (strings.bytes() > kMostBytes) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: its texts are longer than a gigabyte", archive.name()));
  }
  return strings;
}

std::string_view SharedStrings::at(std::size_t index) const {
  if (index >= ends_.size()) return {};
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(texts_).substr(begin, ends_[index] - begin);
}

void SharedStrings::add(std::string_view text) {
  if (bytes() > kMostBytes) return;  // a little above the bound tells that it was passed
  texts_ += text;
  ends_.push_back(texts_.size());
}

Result<std::vector<NumberFormat>> read_xlsx_formats(const ZipArchive& archive, const std::string& part) {
  if (part.empty() || !archive.has(part)) return std::vector<NumberFormat>();
  FormatsHandler handler;
  if (const Result<void> parsed = parse_part(archive, part, handler); !parsed)
    return std::unexpected(parsed.error());
  return std::move(handler.formats);
}

std::string unescape_xlsx(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Others than these would not survive as text (NUL, surrogates), or stand for themselves.
    const std::optional<unsigned> code = code_at(text, i);
    if (code && *code > 0 && *code < 0x80) {
      plain += static_cast<char>(*code);
      i += kCodeBytes - 1;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string escape_xlsx(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (code_at(text, i)) escaped += "_x005F";
    escaped += text[i];
  }
  return escaped;
}

}  // namespace sv::workbooks
