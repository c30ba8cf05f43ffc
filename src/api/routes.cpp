#include "api/api.hpp"

namespace stentor::api {
namespace {

// clang-format off
constexpr route table[] = {
  // method  path                        needs           handle
  {"GET",    "/health",                  access::anyone, show_health},
  {"GET",    "/ready",                   access::anyone, show_readiness},
  {"GET",    "/metrics",                 access::anyone, show_metrics},
  {"GET",    "/api/stats",               access::user,   show_stats},

  {"POST",   "/api/channels",            access::user,   create_channel},
  {"GET",    "/api/channels",            access::user,   list_channels},
  {"GET",    "/api/channels/:id",        access::user,   show_channel},
  {"POST",   "/api/channels/:id/join",   access::user,   join_channel},
  {"GET",    "/api/messages",            access::user,   list_messages},
};
// clang-format on

} // namespace

std::span<const route> routes() {
  return table;
}

} // namespace stentor::api
