#include "cli/init_command.hpp"

#include "base/fatal.hpp"
#include "base/system_files.hpp"
#include "base/text.hpp"
#include "cli/init_texts.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/reading_context.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace sv::cli {

namespace {

struct InitArguments {
  std::string output = "config.yaml";
  std::string source;
  std::string rules;
  std::string model;
  std::string base_url;
  std::string language;
  bool is_sample = false;
};

constexpr std::string_view kUsualModel = "gpt-4.1-mini";
constexpr std::string_view kUsualAddress = "https://api.openai.com/v1";

std::string shown(std::string_view text) { return sanitize_for_terminal(text); }

// In YAML: in single quotes, where only the quote itself is special.
std::string yaml_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

void write_new_file(const std::string& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0) {
    throw Fatal(ExitCode::cannot_create,
                fmt::format("{}: {}; nothing is overwritten: name another file, or move it away", shown(path),
                            std::generic_category().message(errno)));
  }
  int error_number = write_all(file, content);
  if (::close(file) != 0 && error_number == 0) error_number = errno;
  if (error_number != 0) {
    throw Fatal(ExitCode::io, fmt::format("{} cannot be written: {}", shown(path),
                                          std::generic_category().message(error_number)));
  }
  fmt::print("{}\n", say(fmt::format("wrote {}", shown(path))));
}

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

// One line from whoever sits there, or what is usual.
std::string ask(std::string_view question, std::string_view usual) {
  fmt::print(stderr, "{}{}: ", say(question), usual.empty() ? "" : fmt::format(" [{}]", usual));
  std::array<char, 4096> line{};
  if (std::fgets(line.data(), line.size(), stdin) == nullptr)
    throw Fatal(ExitCode::usage, "no answer: nothing is written");
  const std::string answer(trim(line.data()));
  return answer.empty() ? std::string(usual) : answer;
}

void ask_for_the_rest(InitArguments& arguments) {
  if (arguments.is_sample || !arguments.source.empty()) return;
  if (::isatty(STDIN_FILENO) == 0) {
    throw Fatal(ExitCode::usage,
                "what shall be checked? Give --source FILE, or --sample for a sheet to try things with");
  }
  arguments.source = ask("Sheet with the status rows (CSV, XLSX, ODS); empty for a sample", "");
  arguments.is_sample = arguments.source.empty();
  if (arguments.rules.empty())
    arguments.rules = ask("Rulebook (a text; written when it is not there)", "rules.md");
  if (arguments.model.empty()) arguments.model = ask("Model", kUsualModel);
  if (arguments.base_url.empty())
    arguments.base_url = ask("Address of its OpenAI-compatible API", kUsualAddress);
}

domain::Language language_of(const InitArguments& arguments) {
  if (arguments.language.empty()) return message_language();
  return arguments.language == "ru" ? domain::Language::russian : domain::Language::english;
}

// Reads its header as a run would. Throws Fatal when that does not work.
void check_source(const std::string& path) {
  config::Settings settings;
  settings.source = path;
  settings.columns.are_guessed = true;
  const RunArguments arguments;
  ReadingContext context;
  static_cast<void>(open_source(context.request(settings, arguments), context.quota));
}

std::string review_name(const std::string& source) {
  const std::filesystem::path path(source);
  const bool is_workbook =
      fold_case(path.extension().string()) == ".xlsx" || fold_case(path.extension().string()) == ".ods";
  return (path.parent_path() / (path.stem().string() + "-review" + (is_workbook ? ".xlsx" : ".csv")))
      .string();
}

std::string settings_text(const InitArguments& arguments, domain::Language language) {
  return fmt::format(fmt::runtime(settings_template(language)), yaml_text(arguments.source),
                     yaml_text(review_name(arguments.source)), yaml_text(arguments.rules),
                     arguments.is_sample ? "" : "# ", sample_statuses(language), yaml_text(arguments.model),
                     yaml_text(arguments.base_url));
}

ExitCode init(InitArguments arguments) {
  if (is_there(arguments.output)) {
    throw Fatal(ExitCode::cannot_create,
                fmt::format("{} is there already, and nothing is overwritten: give --output FILE",
                            shown(arguments.output)));
  }
  ask_for_the_rest(arguments);
  const domain::Language language = language_of(arguments);
  const std::filesystem::path directory = std::filesystem::path(arguments.output).parent_path();
  const auto beside = [&](const std::string& path) { return (directory / path).string(); };
  if (arguments.source.empty()) arguments.source = "statuses.csv";
  if (arguments.rules.empty()) arguments.rules = "rules.md";
  if (arguments.model.empty()) arguments.model = kUsualModel;
  if (arguments.base_url.empty()) arguments.base_url = kUsualAddress;
  if (arguments.is_sample) {
    write_new_file(beside(arguments.source), sample_sheet(language));
  } else {
    check_source(beside(arguments.source));
  }
  if (!is_there(beside(arguments.rules))) write_new_file(beside(arguments.rules), sample_rules(language));
  write_new_file(arguments.output, settings_text(arguments, language));
  fmt::print("{}", say(fmt::format("Next:\n  status-validator check-config --config {0} --simulate\n"
                                   "  status-validator --config {0} --simulate --report report.html    (a "
                                   "stand-in for a model; nothing "
                                   "is paid)\n"
                                   "  OPENAI_API_KEY=... status-validator --config {0}\n",
                                   shown(arguments.output))));
  return ExitCode::ok;
}

}  // namespace

void add_init_command(CLI::App& app, std::optional<ExitCode>& result) {
  CLI::App* command =
      app.add_subcommand("init", "Write a commented settings file; asks for what it is not told");
  const auto arguments = std::make_shared<InitArguments>();
  command->add_option("-o,--output", arguments->output, "Settings file to write")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option("--source", arguments->source, "Sheet with the status rows, relative to the settings file")
      ->type_name("FILE");
  command
      ->add_option("--rules", arguments->rules,
                   "Rulebook; one to begin with is written when it is not there [rules.md]")
      ->type_name("FILE");
  command->add_option("--model", arguments->model, fmt::format("Model to ask [{}]", kUsualModel))
      ->type_name("NAME");
  command
      ->add_option("--base-url", arguments->base_url,
                   fmt::format("Address of an OpenAI-compatible API [{}]", kUsualAddress))
      ->type_name("URL");
  command
      ->add_option("--language", arguments->language,
                   "Of what is written to begin with: en or ru [by the locale]")
      ->check(CLI::IsMember({"en", "ru"}));
  command->add_flag("--sample", arguments->is_sample, "Write a sheet to try things with, statuses.csv");
  command->callback([arguments, &result] { result = init(*arguments); });
}

}  // namespace sv::cli
