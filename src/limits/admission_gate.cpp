#include "limits/admission_gate.hpp"

#include "base/assert.hpp"
#include "base/fault_point.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace sv::limits {

namespace asio = boost::asio;

namespace {

// Of the pause after a 429 that names no time, however short the first was set.
constexpr Duration kShortestPause = std::chrono::milliseconds(100);
constexpr Duration kLongestOwnPause = std::chrono::seconds(60);
constexpr std::uint32_t kMostDoublings = 10;
// Told times are rounded, clocks differ.
constexpr Duration kAfterPause = std::chrono::milliseconds(10);

}  // namespace

AdmissionGate::AdmissionGate(Clock& clock, InFlightWindow window, PacerLimits limits, Duration first_pause,
                             std::optional<domain::PaceShare> shared)
    : clock_(clock),
      pacer_(limits, shared),
      window_(window),
      first_pause_(std::max(first_pause, kShortestPause)) {}

AdmissionGate::~AdmissionGate() {
  SV_ASSERT(in_flight_ == 0 || !queue_.empty(), "permits come back before their gate dies");
}

asio::awaitable<AdmissionGate::Admission> AdmissionGate::admit(std::uint64_t token_charge, bool in_front) {
  if (!fires(FaultPoint::permit_by_the_queue)) {
    if (std::optional<Admission> admission = try_admit(token_charge)) co_return std::move(*admission);
  }
  Waiter waiter;
  waiter.token_charge = token_charge;
  waiter.is_in_front = in_front;
  if (in_front) {
    queue_.insert(queue_.begin() + static_cast<std::ptrdiff_t>(in_front_++), &waiter);
  } else {
    queue_.push_back(&waiter);
  }
  let_through();
  while (!waiter.is_admitted && !waiter.is_turned_away) {
    if (waiter.keeps_time) {
      waiter.keeps_time = false;
      waiter.is_asleep = true;
      const TimePoint until = wake_at_;
      co_await clock_.sleep_until(until, waiter.alarm);
      waiter.is_asleep = false;
      // Unless somebody else promised to wake earlier meanwhile.
      if (wake_at_ == until) wake_at_ = TimePoint::max();
      let_through();
    } else {
      co_await suspend(waiter);
    }
  }
  if (waiter.is_turned_away) co_return Admission{.permit = {}, .mark = {}, .is_turned_away = true};
  co_return Admission{.permit = Permit(*this), .mark = waiter.mark, .is_turned_away = false};
}

std::optional<AdmissionGate::Admission> AdmissionGate::try_admit(std::uint64_t token_charge) {
  if (!queue_.empty() || in_flight_ >= window_.limit()) return std::nullopt;
  const TimePoint now = clock_.now();
  const std::optional<SentMark> mark = pacer_.try_reserve(now, token_charge);
  if (!mark) return std::nullopt;
  ++in_flight_;
  return Admission{.permit = Permit(*this), .mark = *mark, .is_turned_away = false};
}

TimePoint AdmissionGate::next_admission(std::uint64_t token_charge) const {
  if (!queue_.empty() || in_flight_ >= window_.limit()) return TimePoint::max();
  return pacer_.earliest(clock_.now(), token_charge);
}

domain::WaitReason AdmissionGate::waits_for() const {
  const std::uint64_t charge = queue_.empty() ? 0 : queue_.front()->token_charge;
  const domain::WaitReason reason = pacer_.waits_for(clock_.now(), charge);
  const bool is_by_slots = reason != domain::WaitReason::pause && in_flight_ >= window_.limit();
  return is_by_slots ? domain::WaitReason::slots : reason;
}

void AdmissionGate::turn_away_waiting() {
  if (queue_.empty()) return;
  wake_at_ = TimePoint::max();  // who was to keep the time is among them
  in_front_ = 0;
  for (Waiter* waiter : std::exchange(queue_, {})) {
    waiter->is_turned_away = true;
    resume(*waiter);
  }
  if (on_queue_empty_) on_queue_empty_();
}

// Admits rows from the head while there is a permit and it is their time. When only the time is missing, sees
// to it that somebody wakes then.
void AdmissionGate::let_through() {
  while (!queue_.empty() && in_flight_ < window_.limit()) {
    Waiter& head = *queue_.front();
    const TimePoint now = clock_.now();
    const TimePoint when = pacer_.earliest(now, head.token_charge);
    if (when > now) {
      if (when >= wake_at_) return;
      wake_at_ = pacer_.wake_at(now, when);
      head.keeps_time = true;
      resume(head);
      return;
    }
    const std::optional<SentMark> mark = pacer_.try_reserve(now, head.token_charge);
    if (!mark) continue;  // another process was quicker: the next moment is later
    head.mark = *mark;
    ++in_flight_;
    queue_.pop_front();
    if (head.is_in_front) --in_front_;
    head.is_admitted = true;
    // It was asked to keep the time and has not yet begun to: it never will.
    if (std::exchange(head.keeps_time, false)) wake_at_ = TimePoint::max();
    resume(head);
    if (queue_.empty() && on_queue_empty_) on_queue_empty_();
  }
}

asio::awaitable<void> AdmissionGate::suspend(Waiter& waiter) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [&waiter](auto handler) {
        waiter.executor = asio::get_associated_executor(handler);
        waiter.resume.emplace(std::move(handler));
      },
      asio::use_awaitable);
}

// Does nothing for a row that is running: it looks at its state by itself.
void AdmissionGate::resume(Waiter& waiter) {
  waiter.alarm.ring();
  if (!waiter.resume) return;
  asio::post(waiter.executor,
             [resume = std::exchange(waiter.resume, std::nullopt)]() mutable { std::move (*resume)(); });
}

void AdmissionGate::hear(const RateHeaders& headers, SentMark mark) {
  pacer_.hear(headers, mark);
  let_through();
}

TimePoint AdmissionGate::note_rate_limited(std::optional<Duration> wait, SentMark mark) {
  const TimePoint now = clock_.now();
  if (pacer_.refused_quota(mark) == RefusedQuota::slots) {
    // Nothing to wait for but the permits: the next one is free when an answer comes.
    window_.note_too_many(now, in_flight_ - 1);
    return now;
  }
  pacer_.note_rate_limited(now, std::max(wait.value_or(Duration::zero()), Duration::zero()), mark);
  // Many rows meet the same episode; only the first that comes after its pause begins another.
  if (now >= episode_ends_at_) ++episodes_;
  Duration pause = wait.value_or(Duration::zero());
  if (pause <= Duration::zero()) {
    pause = std::min(first_pause_ * (1U << std::min(episodes_ - 1, kMostDoublings)), kLongestOwnPause);
  }
  if (pause > kLongestPause) return now;
  const TimePoint end = std::max(episode_ends_at_, now + pause + kAfterPause);
  episode_ends_at_ = end;
  pacer_.pause_until(end);
  return end;
}

void AdmissionGate::note_answer(const Admission& admission) {
  episodes_ = 0;
  const TimePoint now = clock_.now();
  window_.note_answer(now, now - admission.mark.at, in_flight_ >= window_.limit(),
                      pacer_.requests_per_second(now), pacer_.requests_at_once());
  let_through();
}

void AdmissionGate::take_back() {
  SV_ASSERT(in_flight_ > 0, "a permit comes back once");
  --in_flight_;
  let_through();
}

}  // namespace sv::limits
