// The questions that the processes of one machine are asking, in a table beside the answer cache that all of
// them map: "NAME-asking", mode 0600, half a megabyte.
//
//   0      magic and format; number of answers, counted by all
//   4096   4,096 buckets of 16 entries: 48 bits of the question's key, 16 bits for the process that asks it
//          (0: a free entry). Other bits of the key name the bucket.
//   beyond no bytes: each process locks one of them (F_OFD_SETLK) as long as it lives; which one is its
//   number
//
// A claim writes an entry and then looks whether another process has one for the same question: then it takes
// its own back. Of two that claim at the same time at least one sees the other (sequentially consistent), so
// never both have it; when neither has it, both come again later. The kernel lets go of a process's lock when
// it dies, so nothing has to expire: entries of a dead process count no more, and whoever gets its number
// clears them first.
//
// A full bucket is no claim but lets the question be asked: twice is better than never. With 5,000 questions
// in flight a bucket has 1.2 entries on average.
//
// Rejected: one lock for each question (the kernel keeps them in a list: 28 us a question with 1,000 held,
// 244 with 5,000); rows in the database with an owner and an expiry (a transaction for each request, and a
// dead owner's rows wait for their expiry).
//
// Not promised: between machines.
#pragma once

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "ports/question_claims.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace sv::store {

class ClaimsFile final : public ports::QuestionClaims {
 public:
  // For the answer cache at `cache_path`, whose directory exists. Errors (io, permission_denied,
  // invalid_input) are for people and say what works without it.
  static Result<std::unique_ptr<ClaimsFile>> open(const std::string& cache_path);

  ClaimsFile(const ClaimsFile&) = delete;
  ClaimsFile& operator=(const ClaimsFile&) = delete;
  ~ClaimsFile() override;

  bool try_claim(const domain::AnswerKey& question) override;
  void release(const domain::AnswerKey& question, bool is_answered) override;
  std::uint64_t answers_of_others() const override;

  // Processes at the same time.
  static constexpr std::uint64_t kMostProcesses = 1'000;

 private:
  struct Table;
  ClaimsFile(FileDescriptor file, Table* table);
  bool take_number();
  bool is_alive(std::uint64_t number) const;

  FileDescriptor file_;
  Table* table_;
  std::uint64_t number_ = 0;  // of this process, from 1
  std::uint64_t own_answers_ = 0;
  std::uint64_t answers_at_start_;
};

}  // namespace sv::store
