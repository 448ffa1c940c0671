// Which questions are being asked right now, by any process that uses the same answer cache: what one asks
// the others wait for, instead of paying for it too.
#pragma once

#include "domain/answer.hpp"

#include <cstdint>

namespace sv::ports {

// Event-loop thread. A claim ends with its release or with the process, however that ends.
class QuestionClaims {
 public:
  virtual ~QuestionClaims() = default;

  // False: another process asks it. A process claims a question once at a time.
  virtual bool try_claim(const domain::AnswerKey& question) = 0;

  // `is_answered`: its answer is in the cache now, for everybody.
  virtual void release(const domain::AnswerKey& question, bool is_answered) = 0;

  // How many questions other processes have answered. Who looked a question up, then claims it and finds this
  // number unchanged needs no second look.
  virtual std::uint64_t answers_of_others() const = 0;
};

}  // namespace sv::ports
