#include "net/connection_metrics.hpp"

#include "base/metrics.hpp"

#include <array>
#include <vector>

namespace stentor {
namespace {

using metrics::metric;
using metrics::series;

std::array<series, 2> by_transport(metric what) {
  return {series{what, {text(transport::polling)}}, series{what, {text(transport::websocket)}}};
}

std::vector<series> by_reason(metric what) {
  std::vector<series> all;
  for (auto why : close_reasons)
    all.push_back(series{what, {text(why)}});
  return all;
}

const auto open_now = by_transport(metric::connections);
const auto opened = by_transport(metric::connections_opened);
const auto closed = by_reason(metric::connections_closed);
const auto slow = series{metric::dropped, {"slow_connection"}};

size_t index(transport over) {
  return static_cast<size_t>(over);
}

} // namespace

void count_opened(transport over) {
  opened[index(over)].add();
  open_now[index(over)].add();
}

void count_upgraded() {
  open_now[index(transport::polling)].add(-1);
  open_now[index(transport::websocket)].add();
}

void count_closed(close_reason why) {
  closed[static_cast<size_t>(why)].add();
}

void count_ended(transport over) {
  open_now[index(over)].add(-1);
}

void count_slow() {
  slow.add();
}

} // namespace stentor
