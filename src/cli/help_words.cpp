#include "cli/help_words.hpp"

#include "base/text.hpp"
#include "cli/messages.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace sv::cli {

namespace {

constexpr std::size_t kColumn = 34;  // where descriptions begin

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

// CLI11 pads by bytes, of which a Cyrillic letter has two.
class WideFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string line = "  " + make_option_name(option, is_positional) + make_option_opts(option);
    std::string_view help = option->get_description();
    if (help.empty()) return line + "\n";
    if (display_width(line) >= kColumn) line += "\n" + std::string(kColumn, ' ');
    if (const std::size_t width = display_width(line); width < kColumn)
      line += std::string(kColumn - width, ' ');
    for (std::size_t end = help.find('\n'); end != std::string_view::npos; end = help.find('\n')) {
      line += std::string(help.substr(0, end + 1)) + std::string(kColumn, ' ');
      help.remove_prefix(end + 1);
    }
    return line + std::string(help) + "\n";
  }
};

std::string say_group(const std::string& group) {
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

void translate_help(CLI::App& app) {
  if (message_language() == domain::Language::english) return;
  const auto formatter = std::make_shared<WideFormatter>();
  formatter->column_width(kColumn);
  for (const auto& [english, russian] : kLabels) formatter->label(english, russian);
  for (const char* name : {"FILE", "[FILE]", "NAME", "FIELD=HEADER", "STATUS", "WHAT", "SECONDS", "AMOUNT",
                           "[ADDR:]PORT", "CODE", "RUN", "ROW"}) {
    formatter->label(name, say(name));
  }
  translate_command(app, formatter);
}

}  // namespace sv::cli
