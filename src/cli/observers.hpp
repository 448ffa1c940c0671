// One observer made of several: each event goes to all of them, in order.
#pragma once

#include "ports/run_observer.hpp"

#include <utility>
#include <vector>

namespace sv::cli {

class Observers final : public ports::RunObserver {
 public:
  // Not owned.
  void add(ports::RunObserver& observer) { observers_.push_back(&observer); }

  void on_run_started(std::uint64_t rows) override {
    for (auto* observer : observers_) observer->on_run_started(rows);
  }
  void on_row_queued() override {
    for (auto* observer : observers_) observer->on_row_queued();
  }
  void on_row_finished(const domain::Outcome& outcome) override {
    for (auto* observer : observers_) observer->on_row_finished(outcome);
  }
  void on_request_started(std::string_view provider) override {
    for (auto* observer : observers_) observer->on_request_started(provider);
  }
  void on_request_finished(const ports::RequestReport& report) override {
    for (auto* observer : observers_) observer->on_request_finished(report);
  }
  void on_batch_finished(const ports::BatchReport& report) override {
    for (auto* observer : observers_) observer->on_batch_finished(report);
  }
  void on_hedge(std::string_view provider) override {
    for (auto* observer : observers_) observer->on_hedge(provider);
  }
  void on_retry(ErrorKind reason, Duration delay) override {
    for (auto* observer : observers_) observer->on_retry(reason, delay);
  }
  void on_provider_resting(std::string_view provider, const Error& last_failure) override {
    for (auto* observer : observers_) observer->on_provider_resting(provider, last_failure);
  }
  void on_provider_back(std::string_view provider, Duration after) override {
    for (auto* observer : observers_) observer->on_provider_back(provider, after);
  }
  void on_provider_disabled(std::string_view provider, const Error& error) override {
    for (auto* observer : observers_) observer->on_provider_disabled(provider, error);
  }

 private:
  std::vector<ports::RunObserver*> observers_;
};

}  // namespace sv::cli
