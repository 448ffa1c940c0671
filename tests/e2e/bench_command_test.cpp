// `status-validator bench` as people and scripts use it.
#include "e2e/program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace sv::e2e {
namespace {

class BenchCommand : public testing::Test {
 protected:
  Directory directory_;
};

TEST_F(BenchCommand, prints_one_line_of_json_and_leaves_no_file) {
  const Finished bench = run(directory_, {"bench", "--json", "--seeds", "1"});
  EXPECT_EQ(bench.exit_code, 0) << bench.err;
  EXPECT_EQ(std::ranges::count(bench.out, '\n'), 1);
  const boost::json::value figures = boost::json::parse(bench.out);
  EXPECT_EQ(figures.at("type"), "bench");
  EXPECT_EQ(figures.at("seeds"), 1);
  EXPECT_EQ(figures.at("founding").at("cells").as_array().size(), 12U);
  EXPECT_EQ(figures.at("faulty_runs"), 0);
  const auto& sockets = figures.at("sockets").at("cells").as_array();
  ASSERT_EQ(sockets.size(), 3U);
  for (const boost::json::value& cell : sockets) {
    EXPECT_GE(cell.at("over_sockets_ms").to_number<double>(), 1'000) << "ten rounds of 100 ms";
  }
  const auto& tail = figures.at("tail").as_array();
  ASSERT_EQ(tail.size(), 2U) << "in virtual time and over sockets";
  EXPECT_LE(tail[0].at("ratio").to_number<double>(), 0.6);
  for (const boost::json::value& cell : tail) EXPECT_LE(cell.at("extra").to_number<double>(), 0.02);
  EXPECT_FALSE(directory_.has("status_validator_answers.sqlite"));
}

TEST_F(BenchCommand, is_listed_and_refuses_what_makes_no_sense) {
  EXPECT_NE(run(directory_, {"--help"}).out.find("\n  bench "), std::string::npos);
  const Finished help = run(directory_, {"bench", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* flag : {"--json", "--full", "--seeds", "--no-sockets"}) {
    EXPECT_NE(help.out.find(flag), std::string::npos) << flag;
  }
  EXPECT_EQ(run(directory_, {"bench", "--seeds", "0"}).exit_code, 64);
  EXPECT_EQ(run(directory_, {"bench", "extra"}).exit_code, 64);
}

}  // namespace
}  // namespace sv::e2e
