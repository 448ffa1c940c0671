#include "cli/program.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "cli/assemble_check.hpp"
#include "cli/assemble_doctor.hpp"
#include "cli/assemble_plan.hpp"
#include "cli/bench_command.hpp"
#include "cli/completion_command.hpp"
#include "cli/config_command.hpp"
#include "cli/help_words.hpp"
#include "cli/history_commands.hpp"
#include "cli/init_command.hpp"
#include "cli/man_page_command.hpp"
#include "cli/messages.hpp"
#include "cli/out_of_memory.hpp"
#include "cli/run_command.hpp"
#include "cli/simulate_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::string_view kDescription =
    "Checks the status rows of a sheet against a rulebook with a language model, many at a time.\n"
    "\n"
    "  status-validator run statuses.csv --output review.csv --rules rules.md --model gpt-4.1-mini\n"
    "  status-validator --config config.yaml\n"
    "\n"
    "Every row is judged once: answers are kept in a cache, and only new or changed rows are paid for again.";

constexpr std::string_view kFooter =
    "Exit codes: 0 all rows judged (invalid rows are a result) · 1 --fail-on · 2 some rows could not be "
    "judged ·\n"
    "3 a limit was reached · 64 usage · 65 bad source data · 66 no such source · 69 no provider reachable ·\n"
    "70 a bug · 71 out of memory · 73 cannot write the output · 74 I/O error · 75 try again later · 76 "
    "protocol ·\n"
    "77 key or permission refused · 78 mistakes in the settings · 129/130/143 stopped\n"
    "\n"
    "Documentation: docs/how-it-works.md, docs/configuration.md, docs/providers.md";

// `--json` promises other programs a last line that they can read.
void print_exit_error(bool is_json, ExitCode code) {
  if (!is_json || code == ExitCode::ok) return;
  fmt::print(stderr, "{{\"type\":\"exit_error\",\"code\":{}}}\n", static_cast<int>(code));
}

ExitCode explain_usage(const CLI::App& app, const CLI::ParseError& error,
                       const std::vector<std::string>& typed) {
  fmt::print(stderr, "status-validator: {}\n", say(sanitize_for_terminal(error.what())));
  for (const std::string& word : typed) {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) break;
    if (std::string(error.what()).find(word) == std::string::npos) continue;
    const std::string meant = suggest(app, word);
    if (meant.empty() || meant == word.substr(0, word.find('='))) continue;
    fmt::print(stderr, "{}\n", say(fmt::format("help: did you mean `{}`?", meant)));
    break;
  }
  fmt::print(stderr, "{}\n", say("help: `status-validator --help` lists all commands and options"));
  return ExitCode::usage;
}

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread is started
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// `typed`: the command line without the program's name and the language.
ExitCode parse_and_run(CLI::App& app, const char* program, const std::vector<std::string>& typed) {
  app.description(std::string(kDescription));
  app.footer(std::string(kFooter));
  app.set_version_flag("--version", std::string("status-validator " SV_VERSION), "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.name("status-validator");  // and not the path by which it was called
  app.failure_message(CLI::FailureMessage::simple);
  app.require_subcommand(0, 1);

  RunArguments arguments;
  add_run_options(app, arguments, false);
  CLI::App* run = app.add_subcommand("run", "Check a sheet and write its review");
  run->footer(std::string(kFooter));
  add_run_options(*run, arguments, true);
  RunArguments planned;
  CLI::App* plan = app.add_subcommand(
      "plan", "Tell what a run with these options would ask, take and cost; nothing is sent");
  plan->footer(std::string(kFooter));
  add_run_options(*plan, planned, true);
  RunArguments checked;
  CLI::App* check = app.add_subcommand(
      "check-config", "Read settings, rulebook and the source's header, and tell what was understood");
  check->footer(std::string(kFooter));
  add_run_options(*check, checked, true);
  RunArguments examined;
  CLI::App* doctor = app.add_subcommand(
      "doctor",
      "Look at settings, tables, cache and providers, and say how to mend what is wrong; nothing is paid");
  doctor->footer(std::string(kFooter));
  add_run_options(*doctor, examined, true);
  ConfigArguments shown;
  const CLI::App* show = add_config_command(app, shown);
  std::optional<ExitCode> finished;  // by a command that runs while it is parsed
  add_simulate_command(app, finished);
  std::optional<RunArguments> resumed;
  add_history_commands(app, finished, resumed);
  add_bench_command(app, finished);
  add_init_command(app, finished);
  add_completion_command(app, finished);
  add_man_page_command(app, finished);

  add_language_option(app);
  if (typed.empty()) {
    translate_help(app, STDERR_FILENO);
    fmt::print(stderr, "{}", app.help());
    return ExitCode::usage;
  }
  try {
    std::vector<const char*> words{program};
    for (const std::string& word : typed) words.push_back(word.c_str());
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::CallForVersion& version) {
    if (std::ranges::find(typed, "--json") == typed.end()) {
      return app.exit(version) == 0 ? ExitCode::ok : ExitCode::usage;
    }
    fmt::print("{{\"name\":\"status-validator\",\"version\":\"{}\"}}\n", SV_VERSION);
    return ExitCode::ok;
  } catch (const CLI::Success& help) {
    translate_help(app, STDOUT_FILENO);
    return app.exit(help) == 0 ? ExitCode::ok : ExitCode::usage;
  } catch (const CLI::ParseError& error) {
    return explain_usage(app, error, typed);
  }
  if (finished) return *finished;
  if (resumed) return run_command(*resumed);
  if (check->parsed()) return check_config_command(checked);
  if (show->parsed()) return config_show_command(shown);
  if (doctor->parsed()) return doctor_command(examined);
  if (plan->parsed()) {
    planned.typed = typed;
    return plan_command(planned);
  }
  arguments.typed = typed;
  return run_command(arguments);
}

// A broken invariant (SV_ASSERT), a failed check of the standard library and an exception where none may be
// all end in abort(). Whoever goes by exit codes is told likewise.
volatile std::sig_atomic_t g_is_json = 0;
extern "C" void end_after_bug(int /*number*/) {
  constexpr std::string_view kLine = "{\"type\":\"exit_error\",\"code\":70}\n";
  if (g_is_json != 0) static_cast<void>(!::write(STDERR_FILENO, kLine.data(), kLine.size()));
  ::_exit(static_cast<int>(ExitCode::bug));
}

// Keys are in this memory: no core file, and no debugger of another process of the same user.
void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__) && !(defined(__has_feature) && __has_feature(address_sanitizer))
  // (The leak checker of the sanitizer build looks at the process from outside.)
  const rlimit no_core{};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &no_core));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0));
#endif
}

}  // namespace

ExitCode run_program(int argc, char** argv) {
  end_when_memory_runs_out(false);
  keep_memory_private();
  // A reader that goes away (`| head`) is an error to handle, not a reason to die with rows unwritten.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(std::signal(SIGABRT, end_after_bug));
  CLI::App app;
  bool is_json = false;
  ExitCode code = ExitCode::bug;
  try {
    std::vector<std::string> typed;
    set_message_language(take_language(typed, environment_variable));
    typed.assign(argv + 1, argv + argc);
    // Before parsing, since a mistake in the command line is to be told in the asked form too.
    is_json = std::ranges::find(typed, "--json") != typed.end();
    g_is_json = is_json ? 1 : 0;
    set_message_language(take_language(typed, environment_variable));
    end_when_memory_runs_out(is_json);
    code = parse_and_run(app, argv[0], typed);
    if (std::fflush(stdout) != 0 && code == ExitCode::ok) code = ExitCode::io;
  } catch (const Fatal& fatal) {
    fmt::print(stderr, "status-validator: {}\n", say(fatal.what()));
    code = fatal.code();
  } catch (const std::exception& error) {
    if (is_lack_of_memory(error)) end_without_memory();
    fmt::print(stderr, "status-validator: {}\n",
               say(fmt::format("unexpected: {} (please report this)", sanitize_for_terminal(error.what()))));
    code = ExitCode::bug;
  }
  print_exit_error(is_json, code);
  return code;
}

}  // namespace sv::cli
