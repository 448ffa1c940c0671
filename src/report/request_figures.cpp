#include "report/request_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sv::report {

namespace {

constexpr int kClassesPerDoubling = 2;

int class_of(std::uint64_t size) {
  if (size == 0) return std::numeric_limits<int>::min();
  return static_cast<int>(std::ceil(std::log2(static_cast<double>(size)) * kClassesPerDoubling));
}

std::uint64_t bound_of(int size_class) {
  if (size_class == std::numeric_limits<int>::min()) return 0;
  return static_cast<std::uint64_t>(
      std::floor(std::exp2(static_cast<double>(size_class) / kClassesPerDoubling)));
}

}  // namespace

TimeSlice& TimeSlice::operator+=(const TimeSlice& other) {
  answers += other.answers;
  failures += other.failures;
  rate_limited += other.rate_limited;
  in_flight_ms += other.in_flight_ms;
  for (std::size_t i = 0; i < waiting.size(); ++i) waiting.at(i) += other.waiting.at(i);
  samples += other.samples;
  return *this;
}

void TimeLine::halve() {
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    if (i % 2 == 0)
      slices_[i / 2] = std::exchange(slices_[i], {});
    else
      slices_[i / 2] += slices_[i];
  }
  slices_.resize((slices_.size() + 1) / 2);
  step_ms_ *= 2;
}

void TimeLine::reach(std::int64_t step_ms) {
  while (step_ms_ < step_ms) halve();
}

TimeSlice& TimeLine::at(std::int64_t ms) {
  ms = std::max<std::int64_t>(ms, 0);
  while (static_cast<std::size_t>(ms / step_ms_) >= kMost) halve();
  const auto index = static_cast<std::size_t>(ms / step_ms_);
  if (index >= slices_.size()) slices_.resize(index + 1);
  return slices_[index];
}

void TimeLine::add_request(std::chrono::milliseconds sent, const ports::RequestRecord& request) {
  const std::int64_t begin = std::max<std::int64_t>(sent.count(), 0);
  const std::int64_t end = begin + std::max<std::int64_t>(request.latency.count(), 0);
  TimeSlice& last = at(end);  // also: the step is now such that everything up to `end` fits
  if (!request.has_ended) return;
  if (request.error.empty()) {
    ++last.answers;
  } else {
    ++last.failures;
    if (request.http_status == 429) ++last.rate_limited;
  }
  for (std::int64_t from = begin; from < end;) {
    const std::int64_t to = std::min(end, (from / step_ms_ + 1) * step_ms_);
    at(from).in_flight_ms += static_cast<std::uint64_t>(to - from);
    from = to;
  }
}

void TimeLine::add_waits(std::chrono::milliseconds when, const std::vector<domain::ProviderLimits>& limits) {
  TimeSlice& slice = at(when.count());
  ++slice.samples;
  for (const domain::ProviderLimits& provider : limits) {
    for (std::size_t i = 0; i < slice.waiting.size(); ++i) slice.waiting.at(i) += provider.waiting.at(i);
  }
}

void TimeLine::add(TimeLine other) {
  reach(other.step_ms_);
  other.reach(step_ms_);
  if (slices_.size() < other.slices_.size()) slices_.resize(other.slices_.size());
  for (std::size_t i = 0; i < other.slices_.size(); ++i) slices_[i] += other.slices_[i];
}

void SizeClasses::add(std::uint64_t size) { ++counts_[class_of(size)]; }

std::vector<std::pair<std::uint64_t, std::uint64_t>> SizeClasses::classes() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  all.reserve(counts_.size());
  for (const auto& [size_class, count] : counts_) all.emplace_back(bound_of(size_class), count);
  return all;
}

ProviderFigures& RequestFigures::provider(const ports::RequestRecord& request) {
  const auto found = std::ranges::find_if(providers_, [&](const ProviderFigures& known) {
    return known.name == request.provider && known.model == request.model;
  });
  if (found != providers_.end()) return *found;
  ProviderFigures& added = providers_.emplace_back();
  added.name = request.provider;
  added.model = request.model;
  return added;
}

void RequestFigures::add(const ports::RequestRecord& request) {
  ++requests_;
  if (request.sent_at >= started_at_) time_line_.add_request(request.sent_at - started_at_, request);
  ProviderFigures& asked = provider(request);
  ++asked.requests;
  RowFigures& row = rows_[request.row_number];
  ++row.requests;
  if (!request.has_ended) {
    ++open_;
    return;
  }
  usage_ += request.usage;
  asked.usage += request.usage;
  if (request.error.empty()) {
    ++answers_;
    latency_.add(request.latency);
    asked.latency.add(request.latency);
    latencies_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(request.latency.count(), 0)));
    row.latency_ms = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(request.latency.count(), 1, std::numeric_limits<std::uint32_t>::max()));
  } else {
    ++asked.failures;
    ++errors_[request.error];
  }
  if (!request.cost) {
    if (request.usage.input + request.usage.output > 0) ++unpriced_;
    return;
  }
  cost_.add(*request.cost);
  asked.cost.add(*request.cost);
  if (request.cost->currency() != cost_.amounts().front().currency()) return;
  if (!request.cost->is_zero()) costs_.add(static_cast<std::uint64_t>(request.cost->trillionths()));
  row.cost_trillionths = std::max<std::int64_t>(row.cost_trillionths, 0) + request.cost->trillionths();
}

RowFigures RequestFigures::of_row(std::uint64_t number) const {
  const auto found = rows_.find(number);
  return found == rows_.end() ? RowFigures{} : found->second;
}

}  // namespace sv::report
