#include "cli/completion_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::string_view kProgram = "status-validator";

struct Flag {
  std::string name;  // "--config"
  std::string help;  // its first line
  bool takes_value = false;
};

struct Command {
  std::string path;  // "" for the program itself, "run", "simulate llm"
  std::string help;
  std::vector<Flag> flags;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void collect(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  Command command{.path = path, .help = first_line(app.get_description()), .flags = {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      command.flags.push_back({.name = "--" + name,
                               .help = first_line(option->get_description()),
                               .takes_value = option->get_items_expected_max() > 0});
    }
  }
  commands.push_back(std::move(command));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), commands);
  }
}

// The commands that may follow `path`.
std::vector<const Command*> below(const std::vector<Command>& commands, const std::string& path) {
  std::vector<const Command*> found;
  const std::string prefix = path.empty() ? "" : path + " ";
  for (const Command& command : commands) {
    if (command.path.empty() || command.path == path || !command.path.starts_with(prefix)) continue;
    if (command.path.find(' ', prefix.size()) == std::string::npos) found.push_back(&command);
  }
  return found;
}

std::string last_word(const std::string& path) { return path.substr(path.rfind(' ') + 1); }

// In single quotes for bash, zsh and fish.
std::string shell_word(std::string_view text) {
  std::string all = "'";
  for (const char c : text) all += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return all + "'";
}

// Which command the words so far have named: "simulate" and "llm" make "simulate llm".
std::string steps_of(const std::vector<Command>& commands) {
  std::string steps;
  for (const Command& command : commands) {
    if (command.path.empty()) continue;
    const std::size_t space = command.path.rfind(' ');
    const std::string parent = space == std::string::npos ? "" : command.path.substr(0, space);
    steps += fmt::format("      {}) path={} ;;\n", shell_word(parent + " " + last_word(command.path)),
                         shell_word(command.path));
  }
  return steps;
}

std::string bash_script(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    std::string words;
    for (const Command* next : below(commands, command.path)) words += last_word(next->path) + " ";
    for (const Flag& flag : command.flags) words += flag.name + " ";
    cases += fmt::format("    {}) words={} ;;\n", shell_word(command.path), shell_word(words));
  }
  // Names of files where no flag or command is begun: sources, rulebooks, values of flags.
  return fmt::format(
      "_status_validator() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} path='' word words=''\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case \"$path $word\" in\n"
      "{}"
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n"
      "{}"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"; [[ $current == -* ]] || compgen -f "
      "-- "
      "\"$current\")\n"
      "}}\n"
      "complete -o filenames -F _status_validator {}\n",
      steps_of(commands), cases, kProgram);
}

// zsh reads bash's.
std::string zsh_script(const std::vector<Command>& commands) {
  return fmt::format("#compdef {}\nautoload -U +X bashcompinit && bashcompinit\n{}", kProgram,
                     bash_script(commands));
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string script = fmt::format("complete -c {} -n __fish_use_subcommand -F\n", kProgram);
  for (const Command& command : commands) {
    std::string condition = "__fish_use_subcommand";
    if (!command.path.empty()) {
      condition.clear();
      std::string_view rest = command.path;
      while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        condition += fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", word);
      }
    }
    for (const Command* next : below(commands, command.path)) {
      script += fmt::format("complete -c {} -n {} -a {} -d {}\n", kProgram, shell_word(condition),
                            last_word(next->path), shell_word(next->help));
    }
    for (const Flag& flag : command.flags) {
      script += fmt::format("complete -c {} -n {} -l {} {}-d {}\n", kProgram, shell_word(condition),
                            flag.name.substr(2), flag.takes_value ? "-r " : "", shell_word(flag.help));
    }
  }
  return script;
}

}  // namespace

void add_completion_command(CLI::App& app, std::optional<ExitCode>& result) {
  CLI::App* completion = app.add_subcommand(
      "completion", "Print what makes a shell complete commands and flags: bash, zsh or fish");
  const auto shell = std::make_shared<std::string>();
  completion->add_option("shell", *shell, "bash: source <(status-validator completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  completion->callback([&app, shell, &result] {
    std::vector<Command> commands;
    collect(app, "", commands);
    fmt::print("{}", *shell == "bash"  ? bash_script(commands)
                     : *shell == "zsh" ? zsh_script(commands)
                                       : fish_script(commands));
    result = ExitCode::ok;
  });
}

}  // namespace sv::cli
