// Remembers between runs that a provider has accepted its key for its model, so that only the first run with
// a new key sends one request ahead of all others.
//
// What is kept is no key and no hash of one: 32 bits of an HMAC under a random salt. They tell this key from
// another, and nothing about it.
#pragma once

#include "base/secret.hpp"
#include "ports/learnt_facts.hpp"

#include <string>
#include <string_view>

namespace sv::llm {

class KeyMemory {
 public:
  // `facts` outlives this.
  KeyMemory(ports::LearntFacts& facts, std::string_view base_url, std::string_view model, Secret key);

  // True too where there is no key.
  bool has_worked() const { return has_worked_; }
  // Writes only what is new.
  void note_worked();

 private:
  std::string fingerprint(std::string_view salt) const;

  ports::LearntFacts& facts_;
  std::string fact_name_;
  Secret key_;
  bool has_worked_ = false;
};

}  // namespace sv::llm
