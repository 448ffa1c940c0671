#include "cli/help_words.hpp"

#include "base/text.hpp"
#include "cli/messages.hpp"
#include "report/terminal.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace sv::cli {

namespace {

constexpr std::size_t kColumn = 34;  // where descriptions begin
constexpr std::size_t kNarrowColumn = 6;

// CLI11's own words.
constexpr std::array<std::pair<const char*, const char*>, 9> kLabels = {{
    {"Usage", "Использование"},
    {"OPTIONS", "ФЛАГИ"},
    {"SUBCOMMAND", "КОМАНДА"},
    {"SUBCOMMANDS", "КОМАНДЫ"},
    {"Positionals", "Аргументы"},
    {"REQUIRED", "ОБЯЗАТЕЛЬНО"},
    {"Subcommands", "Команды"},
    {"Excludes", "не вместе с"},
    {"Needs", "только с"},
}};

// CLI11 pads by bytes, of which a Cyrillic letter has two, and leaves long lines to the terminal, which
// breaks them anywhere.
class WideFormatter final : public CLI::Formatter {
 public:
  explicit WideFormatter(std::size_t columns) : columns_(columns) {}

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return make_line("  " + make_option_name(option, is_positional) + make_option_opts(option),
                     option->get_description());
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return make_line("  " + command->get_name(), command->get_description());
  }
  std::string make_description(const CLI::App* app) const override {
    return wrap_words(app->get_description(), 0, columns_) + "\n";
  }
  std::string make_footer(const CLI::App* app) const override {
    return "\n" + wrap_words(as_paragraphs(app->get_footer()), 0, columns_) + "\n";
  }

 private:
  std::string make_line(std::string line, std::string_view help) const {
    if (help.empty()) return line + "\n";
    // Where there is hardly any room beside the names, descriptions stand below them.
    const std::size_t indent = columns_ < 2 * kColumn ? kNarrowColumn : kColumn;
    const std::size_t width = display_width(line);
    line += width >= indent ? "\n" + std::string(indent, ' ') : std::string(indent - width, ' ');
    return line + wrap_words(help, indent, columns_) + "\n";
  }
  // A text that was broken into lines is put together again; an empty line is a paragraph's end.
  static std::string as_paragraphs(std::string text) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      if (text.substr(at + 1, 1) == "\n")
        ++at;
      else
        text[at] = ' ';
    }
    return text;
  }

  std::size_t columns_;
};

// Of the terminal, as far as lines are readable; elsewhere as many as people print with.
std::size_t help_columns(int file_descriptor) {
  constexpr std::size_t kUsual = 100;
  constexpr std::size_t kLeast = 40;
  constexpr std::size_t kMost = 120;
  if (::isatty(file_descriptor) != 1) return kUsual;
  return std::clamp(report::terminal_columns(file_descriptor), kLeast, kMost);
}

std::string say_group(const std::string& group) {
  if (message_language() == domain::Language::english) return group;
  if (group == "Options") return "Флаги";
  if (group == "Subcommands") return "Команды";
  return say(group);
}

void translate_command(CLI::App& app, const std::shared_ptr<CLI::FormatterBase>& formatter) {
  app.description(say(app.get_description()));
  app.footer(say(app.get_footer()));
  app.formatter(formatter);
  if (!app.get_group().empty()) app.group(say_group(app.get_group()));
  for (CLI::Option* option : app.get_options({})) {
    option->description(say(option->get_description()));
    if (!option->get_group().empty()) option->group(say_group(option->get_group()));
  }
  for (CLI::App* command : app.get_subcommands({})) translate_command(*command, formatter);
}

}  // namespace

void add_language_option(CLI::App& app) {
  app.add_option_function<std::string>(
         "--lang", [](const std::string&) {}, "Language of messages: en or ru [by the locale]")
      ->type_name("CODE");
  for (CLI::App* command : app.get_subcommands({})) add_language_option(*command);
}

std::string wrap_words(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string wrapped;
  std::size_t width = indent;
  bool begins_line = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t word_width = display_width(word);
    if (!begins_line && width + 1 + word_width > columns) {
      wrapped += "\n" + std::string(indent, ' ');
      width = indent;
      begins_line = true;
    }
    if (!begins_line) wrapped += ' ';
    wrapped += word;
    width += word_width + (begins_line ? 0 : 1);
    begins_line = false;
    if (end == text.size()) break;
    if (text[end] == '\n') {
      wrapped += "\n" + std::string(indent, ' ');
      width = indent;
      begins_line = true;
    }
    text.remove_prefix(end + 1);
  }
  return wrapped;
}

void translate_help(CLI::App& app, int file_descriptor) {
  const auto formatter = std::make_shared<WideFormatter>(help_columns(file_descriptor));
  formatter->column_width(kColumn);
  if (message_language() == domain::Language::russian) {
    for (const auto& [english, russian] : kLabels) formatter->label(english, russian);
    for (const char* name : {"FILE", "[FILE]", "NAME", "FIELD=HEADER", "STATUS", "WHAT", "SECONDS", "AMOUNT",
                             "[ADDR:]PORT", "CODE", "RUN", "ROW"}) {
      formatter->label(name, say(name));
    }
  }
  translate_command(app, formatter);
}

}  // namespace sv::cli
