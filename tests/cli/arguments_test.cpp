#include "cli/arguments.hpp"

#include "base/fatal.hpp"
#include "cli/exit_codes.hpp"
#include "cli/help_words.hpp"
#include "cli/rulebook_export.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sv::cli {
namespace {

RunArguments parse(const std::string& line) {
  RunArguments arguments;
  CLI::App app;
  add_run_options(app, arguments, true);
  app.parse(line);
  return arguments;
}

TEST(Arguments, the_flags_of_the_python_original_keep_their_meaning) {
  const RunArguments arguments =
      parse("--config c.yaml --limit 7 --dry-run --verbose --force --checkdate --rules");
  EXPECT_EQ(arguments.config, "c.yaml");
  EXPECT_EQ(arguments.limit, 7U);
  EXPECT_TRUE(arguments.is_dry_run && arguments.is_verbose && arguments.must_ask_all &&
              arguments.must_ask_overdue);
  EXPECT_TRUE(arguments.has_rules);
  EXPECT_EQ(arguments.rules_file, std::nullopt);
}

TEST(Arguments, rules_may_name_a_file) {
  EXPECT_EQ(parse("--rules r.md").rules_file, "r.md");
  EXPECT_EQ(parse("--rules=r.md").rules_file, "r.md");
  EXPECT_EQ(parse("--rules --quiet").rules_file, std::nullopt);
  EXPECT_FALSE(parse("--quiet").has_rules);
}

TEST(Arguments, repeatable_ones_leave_the_source_alone) {
  const RunArguments arguments =
      parse("--column status=A --column comment=B --allowed-status Done sheet.csv");
  EXPECT_EQ(arguments.columns, (std::vector<std::string>{"status=A", "comment=B"}));
  EXPECT_EQ(arguments.allowed_statuses, std::vector<std::string>{"Done"});
  EXPECT_EQ(arguments.source, "sheet.csv");
}

TEST(Arguments, a_metrics_file_is_named_or_absent) {
  EXPECT_EQ(parse("--metrics-file run.prom sheet.csv").metrics_file, "run.prom");
  EXPECT_EQ(parse("--metrics-file run.prom sheet.csv").source, "sheet.csv");
  EXPECT_EQ(parse("sheet.csv").metrics_file, std::nullopt);
  EXPECT_THROW(parse("--metrics-file"), CLI::ParseError);
}

TEST(Arguments, a_place_to_listen_is_named_or_absent) {
  EXPECT_EQ(parse("--metrics-listen 9100 sheet.csv").metrics_listen, "9100");
  EXPECT_EQ(parse("--metrics-listen=[::1]:9100 sheet.csv").metrics_listen, "[::1]:9100");
  EXPECT_EQ(parse("sheet.csv").metrics_listen, std::nullopt);
  EXPECT_THROW(parse("--metrics-listen"), CLI::ParseError);
}

TEST(Arguments, there_is_no_flag_for_a_key) {
  EXPECT_THROW(parse("--api-key sk-x"), CLI::ParseError);
  EXPECT_THROW(parse("--key sk-x"), CLI::ParseError);
}

TEST(Arguments, something_near_is_suggested_and_nothing_far) {
  RunArguments arguments;
  CLI::App app;
  add_run_options(app, arguments, true);
  EXPECT_EQ(suggest(app, "--worker"), "--workers");
  EXPECT_EQ(suggest(app, "--outptu=x"), "--output");
  EXPECT_EQ(suggest(app, "--frobnicate"), "");
  EXPECT_EQ(suggest(app, "weekly.xlsx"), "run weekly.xlsx");
}

TEST(Help, lines_end_between_words) {
  EXPECT_EQ(wrap_words("one two three", 0, 7), "one two\nthree");
  EXPECT_EQ(wrap_words("one two three", 2, 7), "one\n  two\n  three");
  EXPECT_EQ(wrap_words("a-word-that-is-longer than it", 2, 8), "a-word-that-is-longer\n  than\n  it");
  EXPECT_EQ(wrap_words("one\ntwo three", 1, 20), "one\n two three");
  EXPECT_EQ(wrap_words("ещё раз", 0, 7), "ещё раз") << "by what is seen, not by bytes";
  EXPECT_EQ(wrap_words("", 4, 10), "");
}

TEST(ExitCodes, say_what_failed) {
  EXPECT_EQ(source_exit_code(ErrorKind::not_found), ExitCode::no_input);
  EXPECT_EQ(source_exit_code(ErrorKind::invalid_input), ExitCode::bad_data);
  EXPECT_EQ(target_exit_code(ErrorKind::not_found), ExitCode::cannot_create);
  EXPECT_EQ(store_exit_code(ErrorKind::already_locked), ExitCode::try_again);
  EXPECT_EQ(provider_exit_code(ErrorKind::unauthorized), ExitCode::no_permission);
  EXPECT_EQ(provider_exit_code(ErrorKind::connect), ExitCode::unavailable);
}

TEST(RulebookExport, needs_an_output_to_stand_beside) {
  config::Settings settings;
  settings.rules_text = "1. Rule";
  SystemClock clock;
  EXPECT_THROW(export_rulebook(settings, clock), Fatal);
}

}  // namespace
}  // namespace sv::cli
