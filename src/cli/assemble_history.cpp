#include "cli/assemble_history.hpp"

#include "store/run_history.hpp"

namespace sv::cli {

std::unique_ptr<ports::RunHistory> open_history(const std::string& cache_path) {
  return std::make_unique<store::JournalHistory>(cache_path);
}

}  // namespace sv::cli
