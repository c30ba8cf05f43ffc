#include "setup.hpp"

#include "error.hpp"

#include "base/json.hpp"

#include <fmt/format.h>

#include <iostream>

namespace stentor::load {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

/// One step for every connection, a limited number under way at once.
class phase : public listener {
public:
  explicit phase(fleet& all) : all_(all) {}

  size_t done() const { return done_; }

  void start_next() {
    if (started_ < all_.size())
      start(all_[started_++]);
  }

protected:
  void finish_one() {
    ++done_;
    start_next();
  }

  fleet& all_;

private:
  virtual void start(connection& which) = 0;

  size_t started_ = 0;
  size_t done_ = 0;
};

class connecting : public phase {
public:
  using phase::phase;

  void on_entered(connection&) override { finish_one(); }

private:
  void start(connection& which) override { all_.start(which); }
};

class joining : public phase {
public:
  joining(fleet& all, const std::function<std::string(size_t)>& channel_of) : phase(all), channel_of_(channel_of) {}

  void on_ack(connection&, uint64_t) override { finish_one(); }

private:
  void start(connection& which) override {
    all_.emit(which, "join_channel", json{{"channelId", channel_of_(which.index)}}.dump());
    all_.flush(which);
  }

  const std::function<std::string(size_t)>& channel_of_;
};

/// Says each second on stderr how far it is.
clock::duration run_to_the_end(phase& what, fleet& all, size_t at_once, const char* verb) {
  auto began = clock::now();
  auto last_progress = began;
  for (size_t i = 0; i < at_once; ++i)
    what.start_next();
  for (auto before = what.done();; before = what.done()) {
    if (all.run(what, clock::now() + 1s, [&] { return what.done() == all.size(); }))
      return clock::now() - began;
    std::cerr << verb << ' ' << what.done() << " of " << all.size() << '\n';
    if (what.done() != before)
      last_progress = clock::now();
    if (clock::now() - last_progress > patience)
      throw load_error(fmt::format("the server stopped answering: {} {} of {}", verb, what.done(), all.size()));
  }
}

} // namespace

clock::duration connect_all(fleet& all, size_t at_once) {
  connecting what{all};
  return run_to_the_end(what, all, at_once, "connected");
}

clock::duration join_all(fleet& all, size_t at_once, const std::function<std::string(size_t)>& channel_of) {
  joining what{all, channel_of};
  return run_to_the_end(what, all, at_once, "joined");
}

void hold(fleet& all, clock::duration span) {
  listener nobody;
  all.run(nobody, clock::now() + span, [] { return false; });
}

} // namespace stentor::load
