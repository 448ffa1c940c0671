// The HTML report: run and rows → JSON → one file.
#include "base/base64.hpp"
#include "base/hash.hpp"
#include "report/page_files.hpp"
#include "report/page_row.hpp"
#include "report/page_writer.hpp"
#include "report/run_page.hpp"
#include "support/golden.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

domain::Outcome sample_outcome() {
  auto answer = std::make_shared<domain::Answer>();
  answer->provider = "openai";
  answer->model = "gpt-4.1-mini";
  answer->usage = {.input = 1204, .cached_input = 1024, .output = 96};
  answer->answered_at = WallTime(1'795'600'001'000ms);
  domain::Outcome outcome;
  outcome.row = {.index = 0,
                 .number = 2,
                 .status = "В работе",
                 .comment = "Идём по плану.\n</script><!-- \"quoted\" \xE2\x80\xA8",
                 .completion_date = "2026-12-01",
                 .identifier = "Мост <b>",
                 .project_manager = "Иванова А."};
  outcome.kind = domain::OutcomeKind::judged;
  outcome.verdict = {.is_valid = false,
                     .issues = {{.message = "Нет чисел & дат",
                                 .rule = "2",
                                 .severity = domain::Severity::critical,
                                 .quote = "по плану"},
                                {.message = "Нет рисков",
                                 .rule = std::nullopt,
                                 .severity = domain::Severity::minor,
                                 .quote = std::nullopt}},
                     .rewrite_suggestion = "Сделано: 14 из 18.",
                     .needs_review = false};
  outcome.answer = std::move(answer);
  return outcome;
}

RunPage sample_page() {
  RunPage page;
  page.language = domain::Language::russian;
  page.program = "status-validator 0.1.0";
  page.made_at = WallTime(1'795'600'900'000ms);
  page.run.run_id = "20261125-093000-1f0c9a2b";
  page.run.started_at = page.run.last_started_at = WallTime(1'795'600'000'000ms);
  page.run.ended_at = WallTime(1'795'600'060'000ms);
  page.run.end = ports::RunEnd::finished;
  page.run.processes = 1;
  page.run.rows = 3;
  page.run.cost.add(domain::Money(420'000'000, {}));
  page.run.source = "статусы & <b>.csv";
  page.run.target = "review.csv";
  page.row_link = "https://docs.google.com/spreadsheets/d/x/edit#gid=0&range=A";
  page.columns = {.completion_date = true, .identifier = true, .project_manager = true};
  page.counts = {.rows = 3,
                 .judged = 1,
                 .cached = 1,
                 .unjudged = 1,
                 .skipped = 0,
                 .valid = 1,
                 .invalid = 1,
                 .needs_review = 0};
  page.settings = {{"language", "ru"}, {"allowed_statuses", "В работе · Завершён"}};
  page.hashes = {{"job (SHA-256)", "00ff"}};
  page.rules_text = "1. Пишите числа.\n</script><script>alert(1)</script>\n";
  page.gaps = {{Gap::rows_changed, 2}};
  page.earlier = EarlierRun{.run_id = "20261118-093000-00000001",
                            .started_at = WallTime(1'795'000'000'000ms),
                            .asked_the_same = true,
                            .gone = {{.number = 7,
                                      .identifier = "Порт",
                                      .manager = "Петров Б.",
                                      .text_hash = "0",
                                      .verdict = ports::RowVerdict::valid}}};
  return page;
}

RequestFigures sample_figures() {
  RequestFigures figures(WallTime(1'795'600'000'000ms));
  ports::RequestRecord request;
  request.row_number = 2;
  request.provider = "openai";
  request.model = "gpt-4.1-mini";
  request.sent_at = WallTime(1'795'600'000'100ms);
  request.has_ended = true;
  request.error = "rate_limited";
  request.http_status = 429;
  request.latency = 30ms;
  figures.add(request);
  request.sent_at += 1s;
  request.error.clear();
  request.http_status = 200;
  request.latency = 900ms;
  request.usage = {.input = 1204, .cached_input = 1024, .output = 96};
  request.cost = domain::Money(420'000'000, {});
  figures.add(request);
  return figures;
}

// For people: one member or slice a line.
std::string in_lines(const std::string& json) {
  std::string lines;
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{' || json[i] == '[') ++depth;
    if (json[i] == '}' || json[i] == ']') --depth;
    lines += json[i];
    if (json[i] == ',' && depth <= 1) lines += '\n';
  }
  return lines + "\n";
}

TEST(PageRow, is_the_outcome_with_what_the_journal_knows) {
  std::string row = begin_page_row(sample_outcome());
  EXPECT_EQ(number_of_page_row(row), 2U);
  end_page_row(row, {.figures = {.requests = 2, .latency_ms = 900, .cost_trillionths = 420'000'000},
                     .change = RowChange{.change = Change::newly_broken,
                                         .is_edited = true,
                                         .earlier_identifier = "Мостик",
                                         .earlier_number = 5},
                     .has_source_changed = false});
  domain::Outcome skipped;
  skipped.row.number = 3;
  skipped.kind = domain::OutcomeKind::skipped;
  skipped.reason = "its identifier cell is empty";
  std::string bare = begin_page_row(skipped);
  end_page_row(bare, {});
  support::expect_golden("report/golden/page_rows.txt", row + "\n" + bare + "\n");
  EXPECT_EQ(boost::json::parse(row).as_array().size(), 24U);
  EXPECT_EQ(boost::json::parse(bare).as_array().size(), 24U) << "as many cells as 20-data.js names";
}

TEST(PageRow, the_verdict_is_the_final_one) {
  domain::Outcome outcome = sample_outcome();
  outcome.verdict.needs_review = true;
  EXPECT_EQ(boost::json::parse(begin_page_row(outcome) + "]").at(6).as_string(), "r");
  outcome.kind = domain::OutcomeKind::unjudged;
  const auto unjudged = boost::json::parse(begin_page_row(outcome) + "]");
  EXPECT_EQ(unjudged.at(6).as_string(), "-");
  EXPECT_TRUE(unjudged.at(8).as_array().empty()) << "issues of no verdict are none";
}

TEST(RunPage, is_one_object_as_agreed) {
  TimeLine waits;
  domain::ProviderLimits limits;
  limits.waiting_for(domain::WaitReason::pause) = 3;
  waits.add_waits(100ms, {limits});
  const std::string json = run_page_json(sample_page(), sample_figures(), &waits);
  support::expect_golden("report/golden/page_run.txt", in_lines(json));
  EXPECT_NO_THROW(boost::json::parse(json));
}

TEST(RunPage, says_when_nobody_watched_the_waits) {
  const auto json = boost::json::parse(run_page_json(sample_page(), sample_figures(), nullptr));
  EXPECT_FALSE(json.at("knows_waits").as_bool());
}

TEST(JsonForHtml, is_the_same_value_without_anything_that_html_reads) {
  const std::string text = R"({"a":"</script><!--&amp;]]>"})";
  const std::string safe = json_for_html(text);
  EXPECT_EQ(safe.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(boost::json::parse(safe), boost::json::parse(text));
}

class Written : public testing::Test {
 protected:
  Written() {
    PageWriter writer([this](std::string_view bytes) {
      html_ += bytes;
      return Result<void>();
    });
    EXPECT_TRUE(writer.begin(domain::Language::russian));
    for (int i = 0; i < 3; ++i) {
      std::string row = begin_page_row(sample_outcome());
      end_page_row(row, {});
      EXPECT_TRUE(writer.add_row(row));
    }
    EXPECT_TRUE(writer.finish(run_page_json(sample_page(), sample_figures(), nullptr)));
  }

  std::string between(const std::string& begin, const std::string& end) const {
    const std::size_t at = html_.find(begin);
    if (at == std::string::npos) return "not there";
    const std::size_t from = at + begin.size();
    return html_.substr(from, html_.find(end, from) - from);
  }
  std::size_t count(std::string_view text) const {
    std::size_t found = 0;
    for (std::size_t at = html_.find(text); at != std::string::npos; at = html_.find(text, at + 1)) ++found;
    return found;
  }
  static std::string hash_of(const std::string& text) {
    const Sha256Digest digest = sha256(text);
    return "'sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
  }

  std::string html_;
};

TEST_F(Written, the_policy_allows_this_script_and_this_style_alone) {
  const std::string policy = between("Content-Security-Policy\" content=\"", "\"");
  EXPECT_EQ(policy, "default-src 'none'; script-src " + hash_of(between("<script>", "</script>")) +
                        "; style-src " + hash_of(between("<style>", "</style>")) +
                        "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
                        "trusted-types 'none'");
}

TEST_F(Written, has_no_element_that_is_not_ours) {
  EXPECT_EQ(count("<script"), 3U) << "rows, run, script: the rulebook's own is text";
  EXPECT_EQ(count("</script>"), 3U);
  EXPECT_EQ(count("{{"), 0U) << "every place is filled";
  EXPECT_NE(html_.find("<html lang=\"ru\">"), std::string::npos);
  constexpr std::string_view kNameSpace = "http://www.w3.org/2000/svg";  // a name, never asked for
  std::string rest = html_;
  ASSERT_NE(rest.find(kNameSpace), std::string::npos);
  rest.erase(rest.find(kNameSpace), kNameSpace.size());
  for (const std::string_view outside : {"src=", "http://", "@import", "url("})
    EXPECT_EQ(rest.find(outside), std::string::npos) << outside;
}

TEST_F(Written, passes_on_what_goes_wrong_with_the_file) {
  PageWriter writer([](std::string_view) -> Result<void> { return fail(ErrorKind::io, "the disk is full"); });
  const Result<void> begun = writer.begin(domain::Language::english);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().message, "the disk is full");
}

// The page's rules for its own script, since a reader cannot see what it would do.
TEST(PageFiles, never_make_html_of_text) {
  std::string script;
  for (const std::string_view part : page_scripts()) script += part;
  for (const std::string_view word :
       {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(",
        "XMLHttpRequest", "WebSocket", "import("}) {
    EXPECT_EQ(script.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace sv::report
