#include "engine/event_metrics.hpp"

#include "base/metrics.hpp"

namespace stentor {

using metrics::metric;

void count_in(const dialect::heard& what) {
  thread_local auto events = metrics::family{metric::events_in};
  events.of(what.dialect ? what.dialect->name : "(none)", what.word ? what.word->name : "(unknown)").add();
}

void count_out(const dialect::table* spoken, std::string_view name) {
  thread_local auto events = metrics::family{metric::events_out};
  events.of(spoken ? spoken->name : "(none)", name).add();
}

} // namespace stentor
