// Reads Prometheus' text format strictly, independent of the code that writes it.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace sv::metrics {

// user-experience.md U-14, after prometheus.io/docs/practices/naming: one prefix, base units (seconds,
// ratios), no type in the name.
inline void lint_names(const std::map<std::string, std::string>& types) {
  static const std::regex kNoBaseUnit(
      "_(ms|milliseconds|us|microseconds|minutes|hours|kb|kilobytes|mb|megabytes|percent|gauge|counter|"
      "histogram)"
      "(_total)?$");
  for (const auto& [name, type] : types) {
    // OpenTelemetry's own names stay as they are; a token is a unit without a suffix there.
    if (name == "gen_ai_client_token_usage") continue;
    const bool is_open_telemetry = name == "gen_ai_client_operation_duration_seconds";
    EXPECT_TRUE(name.starts_with("statusvalidator_") || is_open_telemetry) << name;
    EXPECT_FALSE(std::regex_search(name, kNoBaseUnit)) << name;
    if (type == "histogram") EXPECT_TRUE(name.ends_with("_seconds")) << name;
  }
}

// Values that a label takes: a row's number or name among them would make thousands.
inline void lint_labels(const std::map<std::string, double>& samples) {
  constexpr std::size_t kMostValues = 50;
  static const std::regex kLabel(R"re(([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)")re");
  std::map<std::string, std::set<std::string>> values;  // by metric and label
  for (const auto& [series, value] : samples) {
    const std::string metric = series.substr(0, series.find('{'));
    for (std::sregex_iterator it(series.begin(), series.end(), kLabel), end; it != end; ++it)
      values[metric + " " + (*it)[1].str()].insert((*it)[2]);
  }
  for (const auto& [label, taken] : values) EXPECT_LE(taken.size(), kMostValues) << label;
}

// Samples by series, for example `a_total{kind="x"}`. What is not as the format or good practice want it
// fails the test.
inline std::map<std::string, double> lint_prometheus(const std::string& text) {
  static const std::regex kComment(R"(# (HELP|TYPE) ([a-z_]+) (.+))");
  static const std::regex kSample(
      R"re(([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (\S+))re");
  std::map<std::string, double> samples;
  std::map<std::string, std::string> types;
  std::set<std::string> helped;
  std::string current;
  EXPECT_TRUE(text.ends_with('\n'));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kComment)) {
      const std::string name = match[2];
      if (match[1] == "HELP") {
        EXPECT_TRUE(helped.insert(name).second) << "HELP twice: " << name;
        current = name;
      } else {
        EXPECT_EQ(name, current) << "TYPE follows HELP";
        EXPECT_TRUE(types.emplace(name, match[3]).second) << "TYPE twice: " << name;
        EXPECT_EQ(match[3] == "counter", name.ends_with("_total")) << name;
      }
      continue;
    }
    if (!std::regex_match(line, match, kSample)) {
      ADD_FAILURE() << "not a line of the format: " << line;
      continue;
    }
    std::string name = match[1];
    if (types[current] == "histogram") {
      EXPECT_TRUE(name == current + "_bucket" || name == current + "_sum" || name == current + "_count")
          << line;
    } else {
      EXPECT_EQ(name, current) << "a sample stands below its HELP and TYPE";
    }
    std::size_t read = 0;
    const std::string value = match[3];
    const double number = std::stod(value, &read);
    EXPECT_EQ(read, value.size()) << line;
    EXPECT_TRUE(samples.emplace(name + match[2].str(), number).second) << "twice: " << line;
  }
  for (const auto& [name, type] : types) {
    if (type != "histogram") continue;
    // By the other labels, each series `le` by `le`.
    const std::string start = name + "_bucket{";
    std::map<std::string, std::map<double, double>> histograms;
    for (const auto& [series, value] : samples) {
      if (!series.starts_with(start)) continue;
      const std::size_t le = series.rfind("le=\"");
      const std::string labels = series.substr(start.size(), le - start.size());
      EXPECT_TRUE(histograms[labels].emplace(std::stod(series.substr(le + 4)), value).second) << series;
    }
    for (const auto& [labels, buckets] : histograms) {
      double below = 0;
      for (const auto& [bound, value] : buckets) {
        EXPECT_GE(value, below) << "cumulative: " << name << " le " << bound;
        below = value;
      }
      EXPECT_TRUE(std::isinf(buckets.rbegin()->first)) << name << labels;
      const std::string others = labels.empty() ? "" : "{" + labels.substr(0, labels.size() - 1) + "}";
      EXPECT_TRUE(samples.contains(name + "_count" + others) && samples.contains(name + "_sum" + others))
          << name << others;
      EXPECT_EQ(below, samples[name + "_count" + others]) << name << others;
    }
  }
  EXPECT_EQ(helped.size(), types.size());
  lint_names(types);
  lint_labels(samples);
  return samples;
}

// The sum of all series of a metric.
inline double sum_of(const std::map<std::string, double>& samples, const std::string& name) {
  double sum = 0;
  for (const auto& [series, value] : samples) {
    if (series == name || series.starts_with(name + "{")) sum += value;
  }
  return sum;
}

}  // namespace sv::metrics
