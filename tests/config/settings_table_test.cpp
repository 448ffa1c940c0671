#include "config/settings_table.hpp"

#include "config/scalars.hpp"
#include "config/section.hpp"
#include "config/settings.hpp"
#include "config/suggestion.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::config {
namespace {

TEST(SettingsTable, names_every_setting_once_below_its_section) {
  std::set<std::string_view> seen;
  for (const Setting& setting : settings_table()) {
    EXPECT_TRUE(seen.insert(setting.path).second) << setting.path;
    const std::string_view section = section_of(setting);
    EXPECT_TRUE(section.empty() || seen.contains(section)) << setting.path << " stands before its section";
    EXPECT_FALSE(setting.help.empty()) << setting.path;
  }
}

TEST(SettingsTable, has_defaults_of_the_right_type_and_range) {
  for (const Setting& setting : settings_table()) {
    const bool is_number = setting.kind == ValueKind::whole_number || setting.kind == ValueKind::number;
    if (is_number) EXPECT_LT(setting.least, setting.most) << setting.path;
    if (setting.default_value.empty()) continue;
    if (setting.kind == ValueKind::boolean) EXPECT_TRUE(to_boolean(setting.default_value)) << setting.path;
    if (!is_number) continue;
    const auto value = to_number(setting.default_value);
    ASSERT_TRUE(value) << setting.path;
    EXPECT_GE(*value, setting.least) << setting.path;
    EXPECT_LE(*value, setting.most) << setting.path;
  }
}

TEST(SettingsTable, has_the_defaults_of_the_settings_themselves) {
  const LlmSettings llm;
  const ProviderSettings provider;
  const Settings settings;
  EXPECT_EQ(default_whole_number("llm.max_retries"), llm.max_retries);
  EXPECT_TRUE(find_setting("llm.max_workers")->default_value.empty() && !llm.max_workers);
  EXPECT_EQ(default_number("llm.rate_limit_retry_delay"), to_seconds(llm.rate_limit_retry_delay));
  EXPECT_EQ(default_number("llm.first_byte_timeout"), to_seconds(llm.first_byte_timeout));
  EXPECT_EQ(default_whole_number("llm.providers.N.max_output_tokens"), provider.max_output_tokens);
  EXPECT_EQ(default_number("llm.providers.N.request_timeout"), to_seconds(provider.request_timeout));
  EXPECT_EQ(default_boolean("llm.providers.N.reasoning_enabled"), provider.reasoning_enabled);
  EXPECT_EQ(default_whole_number("batch_size"), settings.batch_size);
  EXPECT_EQ(default_whole_number("header_row"), settings.header_row);
  EXPECT_EQ(default_whole_number("data_start_row"), settings.data_start_row);
}

TEST(SettingsTable, keeps_only_the_key_secret) {
  for (const Setting& setting : settings_table()) {
    EXPECT_EQ(setting.is_secret, setting.path == "llm.providers.N.api_key") << setting.path;
    if (setting.is_secret) EXPECT_TRUE(setting.flag.empty()) << "a key never comes from a flag";
  }
}

TEST(SettingsTable, finds_by_section_and_key) {
  EXPECT_EQ(find_setting("", "llm")->kind, ValueKind::section);
  EXPECT_EQ(find_setting("llm", "max_workers"), find_setting("llm.max_workers"));
  EXPECT_EQ(find_setting("", "llm.max_workers"), nullptr);
  EXPECT_EQ(find_setting("llm", ""), nullptr);
  EXPECT_EQ(find_setting("", ""), nullptr);
}

TEST(Scalars, read_whole_numbers) {
  EXPECT_EQ(to_whole_number(" +1_000 ").value, 1000);
  EXPECT_EQ(to_whole_number("-5").value, -5);
  EXPECT_EQ(to_whole_number("007").value, 7);
  EXPECT_EQ(to_whole_number("9223372036854775808").problem, NumberProblem::too_large);
  for (const char* const text :
       {"", "_1", "1_", "1__0", "1.0", "1e3", "0x10", "+-1", "++1", "1 2", "один", "-"}) {
    EXPECT_EQ(to_whole_number(text).problem, NumberProblem::not_a_number) << text;
  }
}

TEST(Scalars, read_numbers) {
  EXPECT_EQ(to_number("0.25"), 0.25);
  EXPECT_EQ(to_number("1e3"), 1000.0);
  EXPECT_EQ(to_number("-.5"), -0.5);
  for (const char* const text : {"", "nan", "inf", "-inf", "0,5", "1e999", "5s", "."}) {
    EXPECT_EQ(to_number(text), std::nullopt) << text;
  }
}

TEST(DidYouMean, finds_slips_and_leaves_other_words_alone) {
  constexpr std::array<std::string_view, 4> kKeys = {"columns", "batch_size", "llm",
                                                     "rate_limit_retry_delay"};
  EXPECT_EQ(nearest("colums", kKeys), "columns");
  EXPECT_EQ(nearest("Batch Size", kKeys), "batch_size");
  EXPECT_EQ(nearest("ratelimit_retrydelay", kKeys), "rate_limit_retry_delay");
  EXPECT_EQ(nearest("lml", kKeys), "llm");
  EXPECT_EQ(nearest("x", kKeys), "");
  EXPECT_EQ(nearest("", kKeys), "");
  EXPECT_EQ(nearest("tables", kKeys), "");
  EXPECT_EQ(nearest(std::string(1000, 'x'), kKeys), "");
  EXPECT_EQ(did_you_mean("сolumns", kKeys), "did you mean 'columns'? (some letters of it are Cyrillic)");
  EXPECT_EQ(did_you_mean("столбцы", kKeys), "");
}

// Every word that is one slip away: a letter left out, doubled, replaced, added, or two of them swapped.
std::set<std::string> slips_of(std::string_view word) {
  std::set<std::string> slips;
  for (std::size_t at = 0; at < word.size(); ++at) {
    std::string less(word);
    slips.insert(less.erase(at, 1));
    for (const char letter : {word[at], 'x', 'e', '_'}) {
      std::string other(word);
      other[at] = letter;
      slips.insert(other);
      slips.insert(std::string(word).insert(at, 1, letter));
    }
    if (at + 1 == word.size()) continue;
    std::string swapped(word);
    std::swap(swapped[at], swapped[at + 1]);
    slips.insert(swapped);
  }
  return slips;
}

// U-04: nine of ten, of every key among those that may stand where it stands.
TEST(DidYouMean, finds_nearly_every_single_slip_of_every_key) {
  std::map<std::string_view, std::vector<std::string_view>> sections;
  for (const Setting& setting : settings_table()) sections[section_of(setting)].push_back(key_of(setting));
  std::size_t all = 0;
  std::size_t found = 0;
  for (const auto& [section, keys] : sections) {
    for (const std::string_view key : keys) {
      for (const std::string& slip : slips_of(key)) {
        if (std::ranges::find(keys, slip) != keys.end()) continue;
        ++all;
        found += nearest(slip, keys) == key ? 1 : 0;
      }
    }
  }
  ASSERT_GT(all, 1'000U);
  EXPECT_GE(static_cast<double>(found) / static_cast<double>(all), 0.9) << found << " of " << all;
  RecordProperty("found", std::to_string(found) + " of " + std::to_string(all));
}

}  // namespace
}  // namespace sv::config
