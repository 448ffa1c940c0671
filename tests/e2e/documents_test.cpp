// Every command of the documents, run as it stands there: in a directory with the files that it names,
// against the simulated provider (issue 7: "Every command in the docs is run by a test").
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <signal.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sv::e2e {
namespace {

namespace fs = std::filesystem;

struct Command {
  std::string document;
  std::string line;
};

struct Exception {
  std::string_view beginning;
  std::string_view reason;
};

// What is in a block of commands and is not run.
constexpr auto kNotRun = std::to_array<Exception>({
    {"./dev ", "builds this very program"},
    {"export OPENAI_API_KEY=", "the test has a key of its own"},
    {"sudo ", "changes the machine"},
    {"printf 'OPENAI_API_KEY=", "changes the machine (sudo)"},
    {"journalctl ", "needs systemd"},
    {"docker ", "needs a docker daemon"},
});

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

fs::path root() { return SV_SOURCE_DIR; }

std::vector<fs::path> documents() {
  std::vector<fs::path> found = {root() / "README.md", root() / "README.ru.md"};
  for (const auto& entry : fs::directory_iterator(root() / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

bool is_ours(const std::string& line) {
  return line.starts_with("status-validator ") || line.starts_with("build/release/bin/status-validator ") ||
         line.starts_with("OPENAI_API_KEY=");
}

const Exception* exception_of(const std::string& line) {
  const auto* const found =
      std::ranges::find_if(kNotRun, [&](const Exception& one) { return line.starts_with(one.beginning); });
  return found == kNotRun.end() ? nullptr : found;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The lines of a block, those that end in a backslash joined with the next.
std::vector<std::string> joined(const std::vector<std::string>& block) {
  std::vector<std::string> lines;
  bool goes_on = false;
  for (std::string line : block) {
    if (goes_on) {
      line = lines.back() + line.substr(std::min(line.find_first_not_of(' '), line.size()));
      lines.pop_back();
    }
    goes_on = line.ends_with('\\');
    if (goes_on) line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// Lines of the fenced blocks that begin with a command.
std::vector<Command> commands_of(const std::string& document, const std::string& markdown) {
  std::vector<Command> commands;
  std::optional<std::string> language;
  std::vector<std::string> block;
  for (const std::string& line : lines_of(markdown)) {
    if (!line.starts_with("```")) {
      block.push_back(line);
      continue;
    }
    if (!language) {
      language = line.substr(3);
      block.clear();
      continue;
    }
    const std::vector<std::string> lines = joined(block);
    const bool may_be_commands = language->empty() || *language == "sh" || *language == "bash";
    language.reset();
    // Else a block of output or of a crontab.
    if (!may_be_commands || lines.empty()) continue;
    if (!is_ours(lines.front()) && exception_of(lines.front()) == nullptr) continue;
    for (const std::string& one : lines) commands.push_back({document, one});
  }
  return commands;
}

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  for (const fs::path& path : documents()) {
    const auto more = commands_of(path.filename(), text_of(path));
    commands.insert(commands.end(), more.begin(), more.end());
  }
  return commands;
}

// A directory as the documents take it for granted.
class Place {
 public:
  explicit Place(const Simulator& simulator) : address_(simulator.base_url()) {
    directory_.write(
        "statuses.csv",
        "Project,Status,Comment,Completion date\nA,In work,Done: 3 of 5. Plan: 2 by Friday.,2027-01-31\n"
        "B,Completed,All is done.,2026-10-01\n");
    directory_.write("rows.csv", directory_.read("statuses.csv"));
    directory_.write("rules.md", "1. The comment says what is done and what is planned.\n");
    directory_.write("config.yaml",
                     "source: statuses.csv\ntarget: review.csv\nrules_file: rules.md\n"
                     "llm:\n  model: simulated-judge\n  base_url: " +
                         address_ + "\n");
    fs::copy(root() / "examples", directory_.path() + "/examples", fs::copy_options::recursive);
    fs::create_directories(directory_.path() + "/build/release/bin");
    fs::create_symlink(SV_PROGRAM, directory_.path() + "/build/release/bin/status-validator");
    fs::create_directories(directory_.path() + "/metrics");
    // A workbook to read: a review is one, too.
    run_words({"run", "statuses.csv", "--output", "statuses.xlsx", "--rules", "rules.md", "--model", "m",
               "--base-url", address_, "--cache", "other.sqlite"});
  }

  // The command with the addresses, ports and names of this place.
  std::string adapted(std::string line) const {
    line = std::regex_replace(line, std::regex("https?://(localhost|127\\.0\\.0\\.1):[0-9]+/v1"), address_);
    line = std::regex_replace(line, std::regex("--base-url +[^ ]+"), "--base-url " + address_);
    line = std::regex_replace(line, std::regex("--port +[0-9]+"), "--port 0");
    line = std::regex_replace(line, std::regex("/var/lib/prometheus/node-exporter"), "metrics");
    line = std::regex_replace(line, std::regex("OPENAI_API_KEY=[^ ]+ "), "");
    line = std::regex_replace(line, std::regex("--cache answers.sqlite"),
                              "--cache status_validator_answers.sqlite");
    line = std::regex_replace(line, std::regex("\\b2026[0-9]{4}-[0-9]{4}\\b"), latest_run());
    line = line.substr(0, line.find(" #"));
    const bool asks =
        std::regex_search(line, std::regex("status-validator +(run|plan|doctor|check-config|--config)"));
    if (asks && !line.contains("--base-url") && !line.contains("--simulate"))
      line += " --base-url " + address_;
    if (asks && !line.contains("--model") && !line.contains("--config") && !line.contains("--simulate"))
      line += " --model m";
    return line;
  }

  // For `init`, which overwrites nothing and writes these itself.
  void take_own_files_away() const {
    for (const char* name : {"config.yaml", "statuses.csv", "rules.md"}) fs::remove(directory_.file(name));
  }

  Finished run_words(const std::vector<std::string>& words) const {
    return run(directory_, words,
               {{"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", address_}, {"OPENAI_MODEL", "m"}});
  }

  Finished run_line(const std::string& line) const { return run_words(words_of(line)); }

  // Starts what serves until it is stopped, and stops it when it listens.
  void start_and_stop(const std::string& line) const {
    Process process(words_of(line), directory_.path());
    wait_for([&] { return process.out().contains("listening on ") || process.has_ended(); }, line);
    process.signal(SIGTERM);
    const Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, 0) << line << "\n" << finished.err;
  }

 private:
  // As a shell would: quotes, and no expansion.
  static std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool is_word = false;
    char quote = 0;
    for (const char c : line) {
      if (quote != 0) {
        if (c == quote)
          quote = 0;
        else
          word += c;
      } else if (c == '"' || c == '\'') {
        quote = c;
        is_word = true;
      } else if (c == ' ') {
        if (is_word) words.push_back(word);
        word.clear();
        is_word = false;
      } else {
        word += c;
        is_word = true;
      }
    }
    if (is_word) words.push_back(word);
    words.erase(words.begin());  // the program
    return words;
  }

  std::string latest_run() const {
    const std::string out = run_words({"status", "--json"}).out;
    const std::size_t at = out.find("\"run\":\"");
    return at == std::string::npos ? "none" : out.substr(at + 7, out.find('"', at + 7) - at - 7);
  }

  Directory directory_;
  std::string address_;
};

TEST(DocumentedCommands, all_work) {
  const Simulator simulator({"--batch-time", "10ms"});
  std::string document;
  std::optional<Place> place;
  std::size_t count = 0;
  for (const Command& command : all_commands()) {
    if (exception_of(command.line) != nullptr) continue;
    ASSERT_TRUE(is_ours(command.line)) << command.document << ": what is this? " << command.line;
    if (command.document != document) place.emplace(simulator);
    document = command.document;
    ++count;
    const std::string line = place->adapted(command.line);
    if (line.contains(" simulate ")) {
      place->start_and_stop(line);
      continue;
    }
    if (line.contains(" init ")) place->take_own_files_away();
    const Finished finished = place->run_line(line);
    const bool may_come_again = line.contains("--detach");
    EXPECT_TRUE(finished.exit_code == 0 || (may_come_again && finished.exit_code == 75))
        << command.document << ": " << line << "\n"
        << finished.exit_code << "\n"
        << finished.err;
  }
  EXPECT_GT(count, 20U);
}

TEST(DocumentedCommands, every_exception_is_still_needed) {
  const std::vector<Command> commands = all_commands();
  for (const Exception& one : kNotRun) {
    EXPECT_TRUE(std::ranges::any_of(commands, [&](const Command& command) {
      return command.line.starts_with(one.beginning);
    })) << one.beginning;
  }
}

TEST(DocumentedCommands, are_found_in_blocks_of_commands_only) {
  const auto found = commands_of("x.md",
                                 "a\n```\nstatus-validator run a \\\n  b\n./dev x\n```\n```\nRows 3\n```\n"
                                 "```yaml\nstatus-validator y\n```\n```sh\nstatus-validator z\n```\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].line, "status-validator run a b");
  EXPECT_EQ(found[2].line, "status-validator z");
}

}  // namespace
}  // namespace sv::e2e
