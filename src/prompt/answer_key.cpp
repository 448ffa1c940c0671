#include "prompt/answer_key.hpp"

#include "base/assert.hpp"

#include <span>

namespace sv::prompt {

namespace {

std::string_view as_text(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Sha256Digest hash_fields(const domain::Row& row, bool with_completion_date) {
  FieldHasher fields;
  fields.add(row.status).add(row.comment);
  if (with_completion_date) fields.add(row.completion_date);
  return fields.finish();
}

domain::AnswerKey join(const Sha256Digest& provider_part, const Sha256Digest& row_part) {
  return FieldHasher().add(as_text(provider_part)).add(as_text(row_part)).finish();
}

}  // namespace

AnswerKeys::AnswerKeys(const QuestionBuilder& question, const std::vector<ModelIdentity>& models)
    : sends_completion_date_(question.sends_completion_date()), redaction_(question.redaction()) {
  provider_parts_.reserve(models.size());
  for (const ModelIdentity& model : models) {
    provider_parts_.push_back(FieldHasher()
                                  .add(question.revision())
                                  .add(model.base_url)
                                  .add(model.model)
                                  .add(model.parameters)
                                  .finish());
  }
}

Sha256Digest AnswerKeys::row_part(const domain::Row& row) const {
  if (redaction_.is_on()) return hash_fields(domain::hide(row, redaction_).row, sends_completion_date_);
  return hash_fields(row, sends_completion_date_);
}

void AnswerKeys::append_keys(const domain::Row& row, std::vector<domain::AnswerKey>& out) const {
  const Sha256Digest fields = row_part(row);
  for (const Sha256Digest& provider_part : provider_parts_) out.push_back(join(provider_part, fields));
}

domain::AnswerKey AnswerKeys::key(const domain::Row& row, std::size_t model) const {
  SV_ASSERT(model < provider_parts_.size(), "the model is one of the list");
  return join(provider_parts_[model], row_part(row));
}

}  // namespace sv::prompt
