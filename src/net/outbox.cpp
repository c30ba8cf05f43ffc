#include "net/outbox.hpp"

#include "base/metrics.hpp"

#include <utility>

namespace stentor {
namespace {

const auto waiting = metrics::series{metrics::metric::outbox_backlog_bytes};

} // namespace

outbox::~outbox() {
  if (counted_ > 0)
    waiting.add(-static_cast<int64_t>(counted_));
}

void outbox::count() {
  if (auto before = std::exchange(counted_, backlog_.size()); before != counted_)
    waiting.add(static_cast<int64_t>(counted_) - static_cast<int64_t>(before));
}

void outbox::push(frame_range frames) {
  if (sealed_)
    return;
  if (pending_.empty() || pending_.back().last < frames.first)
    pending_.push_back(frames);
  else if (pending_.back().last < frames.last)
    pending_.back().last = frames.last;
}

void outbox::restore(std::string unsent) {
  backlog_ = std::move(unsent);
  count();
}

size_t outbox::pending_bytes(const frame_log& log) const {
  auto all = size_t{0};
  for (auto range : pending_)
    all += log.size_bytes(range);
  return all;
}

std::string_view outbox::unsent(frame_log& log) {
  if (backlog_.empty())
    return pending_.empty() ? std::string_view{} : log.bytes(pending_);
  if (!pending_.empty()) {
    backlog_ += log.bytes(pending_);
    pending_.clear();
  }
  return backlog_;
}

bool outbox::sent(size_t size, frame_log& log) {
  if (backlog_.empty()) {
    if (!pending_.empty())
      backlog_ = log.bytes(pending_).substr(size);
    pending_.clear();
  } else
    backlog_.erase(0, size);
  if (backlog_.empty())
    std::string{}.swap(backlog_);
  count();
  return backlog_.size() <= bytes_max_;
}

} // namespace stentor
