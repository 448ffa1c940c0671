#include "llm/batch_file.hpp"

#include "base/random.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace sv::llm {

namespace {

// Cannot be guessed, so no row can hold it.
constexpr std::size_t kBoundaryBytes = 16;
// The file is of no use once its batch has ended, 24 hours later at most: a week leaves room for a run that
// goes on late, and no row stays longer than that.
constexpr int kSecondsKept = 7 * 86'400;
// A file that becomes larger than this gets all the room that it may need; what is not written to is not
// taken from the machine.
constexpr std::size_t kLargeBytes = std::size_t{8} << 20U;
// What a line has around its id and its body.
constexpr std::size_t kLineBytes = 72;

}  // namespace

BatchFile::BatchFile(Limits limits, std::string_view filename)
    : limits_(limits), boundary_("status-validator-" + unguessable_hex(kBoundaryBytes)) {
  const auto add_part = [this](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(form_),
                   "--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary_, name,
                   value);
  };
  add_part("purpose", "batch");
  add_part("expires_after[anchor]", "created_at");
  add_part("expires_after[seconds]", fmt::to_string(kSecondsKept));
  fmt::format_to(std::back_inserter(form_),
                 "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
                 "Content-Type: application/jsonl\r\n\r\n",
                 boundary_, filename);
  file_begin_ = form_.size();
}

bool BatchFile::add(std::string_view custom_id, std::string_view body) {
  if (lines_ >= limits_.max_lines) return false;
  const std::size_t needed = bytes() + custom_id.size() + body.size() + kLineBytes;
  if (needed > limits_.max_bytes) return false;
  // From here on without doubling: old and new together would be twice the file.
  if (needed > kLargeBytes) form_.reserve(file_begin_ + limits_.max_bytes + kLargeBytes / 64);
  fmt::format_to(std::back_inserter(form_),
                 R"({{"custom_id":"{}","method":"POST","url":"/v1/chat/completions","body":)", custom_id);
  form_ += body;
  form_ += "}\n";
  ++lines_;
  return true;
}

std::string BatchFile::content_type() const { return "multipart/form-data; boundary=" + boundary_; }

std::string BatchFile::take_form() {
  fmt::format_to(std::back_inserter(form_), "\r\n--{}--\r\n", boundary_);
  return std::move(form_);
}

}  // namespace sv::llm
