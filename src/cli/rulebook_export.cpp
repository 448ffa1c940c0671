#include "cli/rulebook_export.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "cli/assemble_sheets.hpp"
#include "cli/exit_codes.hpp"
#include "cli/open_tables.hpp"
#include "tables/csv_encoder.hpp"
#include "tables/files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

void throw_on_error(const Result<void>& result) {
  if (!result) throw Fatal(target_exit_code(result.error().kind), result.error().message);
}

}  // namespace

std::string export_rulebook(const config::Settings& settings, Clock& clock) {
  if (is_sheets_target(settings)) {
    if (settings.sheets->rules_sheet_name.empty()) {
      throw Fatal(ExitCode::usage,
                  "--rules without a file writes the rulebook to a tab of the target spreadsheet: name it in "
                  "sheets.rules_sheet_name, or name the rulebook to use: --rules rules.md");
    }
    write_rules_tab(*settings.sheets, lines_of(settings.rules_text), clock);
    return fmt::format("the tab \"{}\"", sanitize_for_terminal(settings.sheets->rules_sheet_name));
  }
  if (settings.target.empty()) {
    throw Fatal(ExitCode::usage,
                "--rules without a file writes the rulebook beside the output, but there is none: give "
                "--output FILE, "
                "or name the rulebook to use: --rules rules.md");
  }
  std::filesystem::path path(settings.target);
  path.replace_filename(path.stem().string() + ".rules" + path.extension().string());

  const tables::CsvEncoder encoder(',');
  std::string content;
  for (const std::string& line : lines_of(settings.rules_text)) {
    encoder.append_safe_cell(line, content);
    content += "\r\n";
  }

  Result<tables::ReplacementFile> file = tables::ReplacementFile::open(path);
  if (!file) throw Fatal(target_exit_code(file.error().kind), file.error().message);
  throw_on_error(file->write(content));
  throw_on_error(file->commit());
  return path;
}

}  // namespace sv::cli
