// The command line as people and their scripts use it.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;
using testing::Test;

const std::string kSheet =
    "Project,Status,Comment\n"
    "Ferry,In progress,\"Done: a. Plan: b.\"\n"
    "Bridge,Finito,\n"
    "Tunnel,Done,\"Done: all. Plan: none.\"\n";

const std::string kConfig =
    "columns:\n  status: Status\n  comment: Comment\n  identifier: Project\n"
    "allowed_statuses: [In progress, Done]\n"
    "rules_text: |\n  1. The comment must not be empty.\n  2. Say what is done.\n"
    "source: statuses.csv\ntarget: review.csv\n"
    "llm:\n  providers:\n    1:\n      name: sim\n      model: simulated\n      api_key_env: MY_KEY\n"
    "      base_url_env: MY_URL\n";

std::string numbered_sheet(int rows) {
  std::string text = "Status,Comment\n";
  for (int i = 0; i < rows; ++i) text += "Done,\"Done: " + std::to_string(i) + ". Plan: none.\"\n";
  return text;
}

Words job(const Simulator& simulator, const std::string& output, const std::string& workers) {
  return {"run", "statuses.csv", "--output",           output,      "--rules", "rules.md", "--model",
          "m",   "--base-url",   simulator.base_url(), "--workers", workers};
}

class CommandLine : public Test {
 protected:
  CommandLine() {
    directory_.write("statuses.csv", kSheet);
    directory_.write("config.yaml", kConfig);
    directory_.write("rules.md", "1. Say what is done.\n");
  }
  Finished with_config(Words more = {}) {
    Words words{"--config", "config.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return run(directory_, words,
               {{"MY_KEY", "sk-verysecret-0123456789"}, {"MY_URL", simulator_.base_url()}});
  }
  Finished plain(Words words) {
    words.insert(words.begin(), {"run", "statuses.csv", "--rules", "rules.md", "--model", "m", "--base-url",
                                 simulator_.base_url()});
    return run(directory_, words);
  }
  Simulator simulator_;
  Directory directory_;
};

TEST_F(CommandLine, the_original_form_runs) {
  const Finished finished = with_config();
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto review = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(review.size(), 4U);
  EXPECT_EQ(review[0][1], "Project name");
  EXPECT_EQ(review[1][5], "YES") << "no manager column, so Is Valid is the sixth";
  EXPECT_EQ(review[2][5], "NO") << "its status is not allowed";
}

TEST_F(CommandLine, limit_takes_the_first_rows) {
  EXPECT_EQ(with_config({"--limit", "1"}).exit_code, 0);
  EXPECT_EQ(read_csv(directory_.read("review.csv")).size(), 2U);
  EXPECT_EQ(simulator_.ledger("requests"), 1U);
}

TEST_F(CommandLine, dry_run_prints_json_rows_and_writes_nothing) {
  const Finished finished = with_config({"--dry-run"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(finished.out.starts_with("[\n  [\n    \"Row Number\",")) << finished.out.substr(0, 80);
  EXPECT_TRUE(finished.out.ends_with("]\n"));
  EXPECT_FALSE(directory_.has("review.csv"));
}

TEST_F(CommandLine, force_asks_again) {
  with_config();
  with_config({"--force"});
  EXPECT_EQ(simulator_.ledger("requests"), 6U);
}

TEST_F(CommandLine, checkdate_asks_again_about_old_reviews_only) {
  with_config();
  std::string review = directory_.read("review.csv");
  // Ferry was checked long ago.
  const std::size_t line = review.find("2,Ferry");
  const std::size_t at = review.find("simulated-judge", line);
  ASSERT_NE(at, std::string::npos);
  review.replace(at - 17, 16, "02.01.2020 10:00");
  directory_.write("review.csv", review);
  const Finished finished = with_config({"--checkdate"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(simulator_.ledger("requests"), 4U);
  EXPECT_EQ(directory_.read("review.csv").find("02.01.2020"), std::string::npos);
}

TEST_F(CommandLine, rules_alone_writes_the_rulebook_beside_the_review) {
  EXPECT_EQ(with_config({"--rules"}).exit_code, 0);
  const auto rules = read_csv(directory_.read("review.rules.csv"));
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[1][0], "2. Say what is done.");
  EXPECT_TRUE(directory_.has("review.csv"));
}

TEST_F(CommandLine, verbose_and_errors_show_no_key) {
  for (const Words& more : {Words{"--verbose", "--force"}, Words{"--verbose", "--force", "--json"}}) {
    const Finished finished = with_config(more);
    EXPECT_EQ((finished.out + finished.err).find("verysecret"), std::string::npos);
  }
  const Simulator strict({"--api-key", "another"});
  const Finished refused = run(directory_, {"--config", "config.yaml", "--verbose", "--force"},
                               {{"MY_KEY", "sk-verysecret-0123456789"}, {"MY_URL", strict.base_url()}});
  EXPECT_EQ(refused.exit_code, 77) << refused.err;
  EXPECT_EQ((refused.out + refused.err).find("verysecret"), std::string::npos);
  for (const char* file : {"review.csv", "status_validator_answers.sqlite"}) {
    EXPECT_EQ(directory_.read(file).find("verysecret"), std::string::npos) << file;
  }
}

TEST_F(CommandLine, json_prints_a_line_per_row_and_the_summary_last) {
  const Finished finished = plain({"--json"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 4);
  EXPECT_TRUE(finished.out.starts_with(R"({"type":"row",)")) << finished.out;
  EXPECT_EQ(figure(last_line(finished.out), "rows"), 3U);
}

TEST_F(CommandLine, json_ends_standard_error_with_the_exit_code) {
  const Finished finished = run(directory_, {"run", "missing.csv", "--json", "--rules", "rules.md", "--model",
                                             "m", "--base-url", simulator_.base_url()});
  EXPECT_EQ(finished.exit_code, 66);
  EXPECT_EQ(last_line(finished.err), R"({"type":"exit_error","code":66})");
}

TEST_F(CommandLine, quiet_says_nothing_when_all_is_well) {
  const Finished finished = plain({"--output", "review.csv", "--quiet"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.out + finished.err, "");
}

TEST_F(CommandLine, columns_can_be_named) {
  directory_.write("statuses.csv", "A;B\nDone;\"Done: x. Plan: y.\"\n");
  EXPECT_EQ(plain({"--output", "review.csv", "--column", "status=a", "--column", "comment=B"}).exit_code, 0);
  EXPECT_TRUE(directory_.read("review.csv").starts_with("Row Number;Source URL;"))
      << directory_.read("review.csv");
}

TEST_F(CommandLine, exit_codes_say_what_went_wrong) {
  EXPECT_EQ(run(directory_, {}).exit_code, 64);
  EXPECT_EQ(run(directory_, {"--help"}).exit_code, 0);
  EXPECT_EQ(run(directory_, {"--version"}).exit_code, 0);
  const Finished version = run(directory_, {"--version", "--json"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.out.starts_with(R"({"name":"status-validator","version":")")) << version.out;
  EXPECT_EQ(plain({}).exit_code, 64) << "no output";
  EXPECT_EQ(plain({"--output", "no/such/directory/review.csv"}).exit_code, 73);
  EXPECT_EQ(plain({"--output", "statuses.csv"}).exit_code, 73) << "the source would be overwritten";
  directory_.write("statuses.csv", "Status,Comment\nDone,\"never closed\n");
  EXPECT_EQ(plain({"--output", "review.csv"}).exit_code, 65);
  directory_.write("config.yaml", kConfig + "unknown_key: 1\n");
  EXPECT_EQ(with_config().exit_code, 78);
}

TEST_F(CommandLine, invalid_rows_fail_only_when_asked) {
  // One of three is invalid.
  EXPECT_EQ(with_config().exit_code, 0);
  const Finished failed = with_config({"--fail-on", "invalid"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.err.find("exit code 1, as --fail-on asks: rows that are invalid: 1"), std::string::npos)
      << failed.err;
  EXPECT_EQ(with_config({"--fail-on=invalid=1", "--quiet"}).exit_code, 1);
  EXPECT_EQ(with_config({"--fail-on", "invalid=2"}).exit_code, 0);
  // Not knowing is worse than knowing.
  directory_.write("config.yaml", kConfig + "max_requests: 1\n");
  EXPECT_EQ(with_config({"--fail-on", "invalid", "--force"}).exit_code, 3);
  for (const char* wrong : {"invalid=0", "invalid=", "invalid=x", "unjudged"}) {
    const Finished refused = with_config({"--fail-on", wrong});
    EXPECT_EQ(refused.exit_code, 64) << wrong;
    EXPECT_NE(refused.err.find("must be invalid or invalid=N"), std::string::npos) << refused.err;
  }
}

TEST_F(CommandLine, a_provider_that_is_not_there_is_told_and_every_row_says_so) {
  const Finished finished =
      run(directory_, {"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md", "--model", "m",
                       "--base-url", "http://127.0.0.1:1/v1"});
  EXPECT_EQ(finished.exit_code, 69) << finished.err;
  const auto review = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(review.size(), 4U);
  EXPECT_TRUE(review[1][7].starts_with("Not checked: ") || review[1][6].starts_with("Not checked: "));
}

TEST_F(CommandLine, a_slip_of_the_finger_gets_a_suggestion) {
  const Finished flag = run(directory_, {"run", "--worker", "5"});
  EXPECT_EQ(flag.exit_code, 64);
  EXPECT_NE(flag.err.find("did you mean `--workers`?"), std::string::npos) << flag.err;
  const Finished command = run(directory_, {"simulat", "llm"});
  EXPECT_EQ(command.exit_code, 64);
  EXPECT_NE(command.err.find("did you mean `simulate`?"), std::string::npos) << command.err;
}

TEST_F(CommandLine, numbers_are_checked) {
  for (const Words& words :
       {Words{"run", "--workers", "0"}, Words{"run", "--workers", "5001"}, Words{"run", "--workers", "many"},
        Words{"--limit", "-1"}, Words{"--limit", "1.5"}}) {
    const Finished finished = run(directory_, words);
    EXPECT_EQ(finished.exit_code, 64);
    EXPECT_NE(finished.err.find("must be a whole number from 1"), std::string::npos) << finished.err;
  }
}

TEST_F(CommandLine, an_interrupt_keeps_what_was_paid_for_and_writes_what_there_is) {
  const Simulator slow({"--latency", "300ms"});
  directory_.write("statuses.csv", numbered_sheet(200));
  const Words words = job(slow, "review.csv", "10");
  Process process(words, directory_.path(), {{"OPENAI_API_KEY", "k"}});
  slow.wait_until("verdicts", 20);
  process.signal(SIGINT);
  const Finished stopped = process.wait();
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  const auto partial = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(partial.size(), 201U) << "rows that were not reached keep their place";
  EXPECT_NE(partial.back()[6].find("the run was stopped"), std::string::npos) << partial.back()[6];
  const std::uint64_t asked = slow.ledger("requests");
  EXPECT_LT(asked, 200U);
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count_if(
                partial, [](const auto& row) { return row[5] == "YES" || row[5] == "NO"; })),
            asked);

  EXPECT_EQ(run(directory_, words).exit_code, 0);
  EXPECT_EQ(slow.ledger("requests"), 200U) << "nothing was asked twice";
  const auto review = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(review.size(), 201U);
  for (std::size_t i = 1; i < review.size(); ++i) {
    EXPECT_EQ(review[i][0], std::to_string(i + 1)) << "in source order, as if it had never been stopped";
    EXPECT_NE(review[i][5], "") << i;
  }
}

TEST_F(CommandLine, a_killed_run_repeats_at_most_what_was_in_flight_or_not_yet_committed) {
  const Simulator slow({"--latency", "100ms"});
  directory_.write("statuses.csv", numbered_sheet(200));
  const Words words = job(slow, "review.csv", "10");
  {
    Process process(words, directory_.path(), {{"OPENAI_API_KEY", "k"}});
    slow.wait_until("verdicts", 50);
    process.signal(SIGKILL);
    process.wait();
  }
  EXPECT_FALSE(directory_.has("review.csv"));
  EXPECT_EQ(run(directory_, words).exit_code, 0);
  // 10 in flight and the commits of one group's window (20 ms: fewer than the 10 answers of one round).
  EXPECT_LE(slow.ledger("requests"), 200U + 20U);
  EXPECT_EQ(read_csv(directory_.read("review.csv")).size(), 201U);
}

TEST_F(CommandLine, two_runs_may_share_a_cache) {
  directory_.write("statuses.csv", numbered_sheet(300));
  const Words words = job(simulator_, "a.csv", "20");
  const Words other = job(simulator_, "b.csv", "20");
  Process first(words, directory_.path(), {{"OPENAI_API_KEY", "k"}});
  Process second(other, directory_.path(), {{"OPENAI_API_KEY", "k"}});
  EXPECT_EQ(first.wait().exit_code, 0);
  EXPECT_EQ(second.wait().exit_code, 0);
  EXPECT_EQ(read_csv(directory_.read("a.csv")).size(), 301U);
  EXPECT_EQ(read_csv(directory_.read("b.csv")).size(), 301U);
  const std::uint64_t requests = simulator_.ledger("requests");
  EXPECT_EQ(run(directory_, words).exit_code, 0);
  EXPECT_EQ(simulator_.ledger("requests"), requests);
}

TEST(CheckConfig, tells_what_was_understood_and_asks_nobody) {
  const Simulator simulator;
  const Directory directory;
  directory.write("statuses.csv", kSheet);
  directory.write("config.yaml", kConfig);
  const Finished fine = run(directory, {"check-config", "--config", "config.yaml"},
                            {{"MY_KEY", "sk-secret-0123456789"}, {"MY_URL", simulator.base_url()}});
  EXPECT_EQ(fine.exit_code, 0) << fine.err;
  for (const char* part :
       {"statuses.csv: status and comment, identifier found", "review.csv", "2 allowed statuses",
        "sim, model simulated, at http://127.0.0.1:", "with a key", "The settings are fine"}) {
    EXPECT_NE(fine.out.find(part), std::string::npos) << part << "\n" << fine.out;
  }
  EXPECT_EQ(fine.out.find("sk-secret"), std::string::npos);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
  EXPECT_FALSE(directory.has("review.csv"));

  directory.write("config.yaml", kConfig + "max_workers: 5\nbatch_size: 0\n");
  const Finished wrong = run(directory, {"check-config", "--config", "config.yaml"},
                             {{"MY_KEY", "k"}, {"MY_URL", simulator.base_url()}});
  EXPECT_EQ(wrong.exit_code, 78);
  EXPECT_NE(wrong.err.find("max_workers"), std::string::npos) << wrong.err;
  EXPECT_NE(wrong.err.find("batch_size"), std::string::npos) << "all mistakes at once";
}

// What bash offers behind these words.
std::string offered(const Directory& directory, const std::string& words) {
  const std::string script = "source completion.bash; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _status_validator; printf '%s\\n' "
                             "\"${COMPREPLY[@]}\" >offered.txt";
  directory.write("try.sh", script);
  const int code = std::system(("cd '" + directory.path() + "' && bash try.sh").c_str());
  EXPECT_EQ(code, 0);
  return directory.read("offered.txt");
}

// Every option of --help stands in it: they are made from the same source.
TEST(ManPage, has_every_command_and_option) {
  const Directory directory;
  const std::string page = run(directory, {"man-page"}).out;
  for (const char* section :
       {".TH STATUS", ".SH NAME", ".SH SYNOPSIS", ".SH COMMANDS", ".SH ENVIRONMENT", ".SH FILES"}) {
    EXPECT_TRUE(page.contains(section)) << section;
  }
  std::size_t options = 0;
  for (const Words& command : {Words{"run"}, Words{"status"}, Words{"simulate", "llm"}, Words{"report"}}) {
    Words words = command;
    words.push_back("--help");
    const std::string help = run(directory, words).out;
    for (std::size_t at = help.find("\n  "); at != std::string::npos; at = help.find("\n  ", at + 1)) {
      std::size_t begin = help.find_first_not_of(' ', at + 1);
      if (help.compare(begin, 2, "--") != 0) continue;
      const std::string option = help.substr(begin + 2, help.find_first_of(" ,=\n", begin) - begin - 2);
      if (option == "help") continue;
      std::string escaped;
      for (const char c : option) escaped += c == '-' ? "\\-" : std::string(1, c);
      EXPECT_TRUE(page.contains("\\fB\\-\\-" + escaped + "\\fR")) << option;
      ++options;
    }
  }
  EXPECT_GT(options, 40U);
  // No line begins with a request that is none.
  EXPECT_FALSE(page.contains("\n. "));
}

TEST(Completion, offers_commands_flags_and_files) {
  const Directory directory;
  const Finished bash = run(directory, {"completion", "bash"});
  ASSERT_EQ(bash.exit_code, 0) << bash.err;
  directory.write("completion.bash", bash.out);
  directory.write("statuses.csv", kSheet);
  EXPECT_NE(offered(directory, "status-validator pl").find("plan\n"), std::string::npos);
  EXPECT_NE(offered(directory, "status-validator run --wor").find("--workers\n"), std::string::npos);
  EXPECT_NE(offered(directory, "status-validator simulate sh").find("sheets\n"), std::string::npos);
  EXPECT_NE(offered(directory, "status-validator simulate sheets --quo").find("--quota\n"),
            std::string::npos);
  EXPECT_EQ(offered(directory, "status-validator simulate llm --quo").find("--quota"), std::string::npos)
      << "a flag of another command";
  EXPECT_NE(offered(directory, "status-validator run stat").find("statuses.csv\n"), std::string::npos);
  const Finished fish = run(directory, {"completion", "fish"});
  EXPECT_NE(fish.out.find("-a plan -d 'Tell what a run"), std::string::npos) << fish.out.substr(0, 500);
  EXPECT_NE(run(directory, {"completion", "zsh"}).out.find("#compdef status-validator"), std::string::npos);
  EXPECT_EQ(run(directory, {"completion", "tcsh"}).exit_code, 64);
}

TEST(ConfigShow, tells_values_and_where_they_come_from) {
  const Directory directory;
  directory.write("s.csv", "Status,Comment\nDone,x\n");
  directory.write("c.yaml", "rules_text: Say it.\nsource: s.csv\nllm: {model: m, max_workers: 5}\n");
  const std::map<std::string, std::string> key = {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}};
  const Finished shown =
      run(directory, {"config", "show", "--config", "c.yaml", "--max-cost", "2", "--origin"}, key);
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  for (const char* part : {"c.yaml:3", "flag --max-cost", "OPENAI_API_KEY", "given (not shown)", "default"})
    EXPECT_TRUE(shown.out.contains(part)) << part << "\n" << shown.out;
  EXPECT_FALSE(shown.out.contains("0123456789")) << shown.out;
  const Finished json = run(directory, {"config", "show", "--config", "c.yaml", "--json"}, key);
  EXPECT_TRUE(
      json.out.contains(R"({"type":"setting","path":"llm.max_workers","value":"5","origin":"c.yaml:3"})"))
      << json.out;
  directory.write("wrong.yaml", "batch_size: 0\n");
  const Finished wrong = run(directory, {"config", "show", "--config", "wrong.yaml", "--origin"}, key);
  EXPECT_EQ(wrong.exit_code, 78);
  EXPECT_TRUE(wrong.out.contains("wrong.yaml:1")) << "shown all the same: " << wrong.out;
  EXPECT_TRUE(wrong.err.contains("batch_size must be")) << wrong.err;
}

TEST(State, answers_and_journals_are_state_where_xdg_names_a_place_for_it) {
  const Simulator simulator;
  const Directory directory;
  directory.write("statuses.csv", "Project,Status,Comment\nA,Done,x\n");
  directory.write("rules.md", "Be brief.\n");
  const std::map<std::string, std::string> environment = {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"},
                                                          {"XDG_STATE_HOME", directory.path() + "/state"}};
  const Finished finished = run(directory,
                                {"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md",
                                 "--model", "m", "--base-url", simulator.base_url()},
                                environment);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(directory.has("state/status-validator/answers.sqlite"));
  EXPECT_FALSE(directory.has("status_validator_answers.sqlite"));
  EXPECT_EQ(std::filesystem::status(directory.file("state/status-validator")).permissions(),
            std::filesystem::perms::owner_all);
  EXPECT_TRUE(run(directory, {"status"}, environment).out.contains("review.csv"));
}

// A sanitizer needs terabytes of address space.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_F(CommandLine, a_run_that_has_too_little_memory_is_refused_before_anything_is_paid) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  // The program has 30 to 60 MB of it with its libraries; 3,000 in flight want 128 MB more.
  const rlimit small{.rlim_cur = rlim_t{120} << 20U, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &small), 0);
  const Finished finished = plain({"--output", "review.csv", "--workers", "3000"});
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_EQ(finished.exit_code, 71);
  EXPECT_TRUE(finished.err.contains("3000 requests in flight need about 128 MB of memory")) << finished.err;
  EXPECT_TRUE(finished.err.contains("--workers")) << finished.err;
  EXPECT_FALSE(directory_.has("review.csv"));
}
#endif

TEST(ConfigShow, the_users_own_file_counts_only_when_none_is_named) {
  const Directory directory;
  const std::string folder = directory.path() + "/.config/status-validator";
  std::filesystem::create_directories(folder);
  directory.write(".config/status-validator/config.yaml", "llm: {model: mine}\nrules_text: Mine.\n");
  directory.write("c.yaml", "llm: {model: theirs}\nrules_text: Theirs.\n");
  const std::map<std::string, std::string> key = {{"OPENAI_API_KEY", "k"}};
  EXPECT_TRUE(run(directory, {"config", "show"}, key).out.contains("mine"));
  const Finished named = run(directory, {"config", "show", "--config", "c.yaml"}, key);
  EXPECT_TRUE(named.out.contains("theirs")) << named.out;
  EXPECT_FALSE(named.out.contains("mine")) << named.out;
}

}  // namespace
}  // namespace sv::e2e
