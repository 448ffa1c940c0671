// From a path to a usable database: creates, checks, moves aside, steps aside.
#pragma once

#include "base/error.hpp"
#include "store/answer_database.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sv::store {

// As open_sqlite_store() promises. Appends to `warnings` what people should know.
Result<std::unique_ptr<AnswerDatabase>> open_answer_database(const std::string& path,
                                                             const std::string& run_id, Duration busy_timeout,
                                                             std::vector<std::string>& warnings);

// For a database that has proven damaged in use (and is closed by now): moves it aside whatever a check would
// say.
Result<std::unique_ptr<AnswerDatabase>> replace_damaged_database(const std::string& path,
                                                                 const std::string& run_id,
                                                                 Duration busy_timeout,
                                                                 std::vector<std::string>& warnings);

}  // namespace sv::store
