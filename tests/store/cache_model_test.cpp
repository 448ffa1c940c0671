// The answer cache against a std::map, in any sequence of what processes do with it (reliability.md R-25).
#include "store/store_harness.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

struct Entry {
  std::uint64_t answer = 0;
  std::string run;
};

// What the header of answer_database.hpp promises.
class Model {
 public:
  void begin(std::string run) { run_ = std::move(run); }
  void commit(std::uint64_t key, std::uint64_t answer) {
    const auto there = entries_.find(key);
    // The first of a run stays; one of an earlier run can only be asked again on purpose.
    if (there == entries_.end() || there->second.run != run_) entries_[key] = {answer, run_};
  }
  const Entry* find(std::uint64_t key, bool this_run_only) const {
    const auto there = entries_.find(key);
    if (there == entries_.end() || (this_run_only && there->second.run != run_)) return nullptr;
    return &there->second;
  }

 private:
  std::string run_;
  std::map<std::uint64_t, Entry> entries_;
};

enum class Act { commit, find, find_of_this_run, fact, flush, another_run, the_same_run_again };

RC_GTEST_PROP(CacheModel, finds_what_a_map_would, ()) {
  const auto acts = *rc::gen::container<std::vector<std::tuple<Act, std::uint64_t, std::uint64_t>>>(
      rc::gen::tuple(rc::gen::weightedElement<Act>({{6, Act::commit},
                                                    {6, Act::find},
                                                    {3, Act::find_of_this_run},
                                                    {1, Act::fact},
                                                    {1, Act::flush},
                                                    {1, Act::another_run},
                                                    {1, Act::the_same_run_again}}),
                     rc::gen::inRange<std::uint64_t>(0, 6), rc::gen::inRange<std::uint64_t>(0, 1'000)));
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  Model model;
  std::map<std::string, std::string> facts;
  int runs = 1;
  const auto run_id = [&runs] { return "run-" + std::to_string(runs); };
  model.begin(run_id());
  auto harness = std::make_unique<StoreHarness>(path, run_id(), 0ms, 3);
  const auto reopen = [&] {
    harness.reset();
    harness = std::make_unique<StoreHarness>(path, run_id(), 0ms, 3);
    RC_ASSERT(harness->is_open());
    RC_ASSERT(harness->warnings().empty());
  };
  for (const auto& [act, key, number] : acts) {
    switch (act) {
      case Act::commit:
        RC_ASSERT(harness->commit(key_of(key), make_answer(number)).has_value());
        model.commit(key, number);
        break;
      case Act::find:
      case Act::find_of_this_run: {
        const bool this_run_only = act == Act::find_of_this_run;
        const auto found = harness->find(key_of(key), this_run_only);
        const Entry* wanted = model.find(key, this_run_only);
        RC_ASSERT((found != nullptr) == (wanted != nullptr));
        if (wanted != nullptr) RC_ASSERT(same(*found, make_answer(wanted->answer)));
        break;
      }
      case Act::fact: {
        const std::string name = "fact " + std::to_string(key);
        harness->store().remember(name, std::to_string(number));
        facts[name] = std::to_string(number);
        break;
      }
      case Act::flush:
        harness->flush();
        break;
      case Act::another_run:
        ++runs;
        model.begin(run_id());
        reopen();
        break;
      case Act::the_same_run_again:
        reopen();
        break;
    }
    for (const auto& [name, value] : facts) RC_ASSERT(harness->store().recall(name) == value);
  }
}

}  // namespace
}  // namespace sv::store
