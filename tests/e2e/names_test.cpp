// A name server that fails (reliability.md R-12): tests/e2e/preload/names.cpp is in its place.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#ifdef SV_NAMES_LIBRARY

namespace sv::e2e {
namespace {

class Names : public testing::Test {
 protected:
  Names() {
    std::string sheet = "Status,Comment\n";
    for (int i = 0; i < 20; ++i) sheet += "Done,Step " + std::to_string(i) + ".\n";
    directory_.write("statuses.csv", sheet);
  }
  std::string named(const Simulator& simulator) const {
    const std::string& url = simulator.base_url();
    return "http://provider.internal" + url.substr(url.rfind(':'));
  }
  void write_settings(const std::string& providers) const {
    directory_.write(
        "config.yaml",
        "source: statuses.csv\ntarget: review.csv\nrules_text: Say what was done.\n"
        "columns: {status: Status, comment: Comment}\nallowed_statuses: [Done]\nllm:\n  providers:\n" +
            providers);
  }
  Finished run_with(const std::string& fail_first) const {
    return run(directory_, {"run", "--config", "config.yaml", "--json"},
               {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"},
                {"LD_PRELOAD", SV_NAMES_LIBRARY},
                {"SV_NAMES_FAIL_FIRST", fail_first},
                {"SV_NAMES_FAILED", directory_.file("failed")}});
  }
  static std::string provider(int priority, const std::string& url) {
    const std::string number = std::to_string(priority);
    return "    " + number + ": {name: p" + number + ", model: m, api_key_env: OPENAI_API_KEY, base_url: \"" +
           url + "\"}\n";
  }
  Directory directory_;
  Simulator simulator_{{"--latency", "5ms"}};
};

TEST_F(Names, that_are_not_found_at_first_cost_no_row) {
  write_settings(provider(1, named(simulator_)));
  const Finished finished = run_with("2");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const std::string summary = last_line(finished.out);
  EXPECT_EQ(figure(summary, "judged"), 20U);
  EXPECT_EQ(directory_.read("failed").size(), 2U);
  EXPECT_GE(figure(summary, "retries.connect"), 2U);
  EXPECT_EQ(simulator_.ledger("requests"), 20U) << "what has no address was never sent";
}

TEST_F(Names, that_are_never_found_leave_the_rows_to_the_next_provider) {
  const Simulator second{{"--latency", "5ms"}};
  write_settings(provider(1, named(simulator_)) + provider(2, second.base_url()));
  const Finished finished = run_with("1000000");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(figure(last_line(finished.out), "judged"), 20U);
  EXPECT_EQ(simulator_.ledger("requests"), 0U);
  EXPECT_EQ(second.ledger("requests"), 20U);
}

TEST_F(Names, that_are_never_found_anywhere_are_told) {
  write_settings(provider(1, named(simulator_)));
  const Finished finished = run_with("1000000");
  EXPECT_EQ(finished.exit_code, 69) << finished.err;
  EXPECT_NE(finished.err.find("provider.internal"), std::string::npos) << finished.err;
  EXPECT_EQ(simulator_.ledger("requests"), 0U);
}

}  // namespace
}  // namespace sv::e2e

#endif
