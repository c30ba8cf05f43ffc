#include "api/api.hpp"

namespace stentor::api {
namespace {

// clang-format off
constexpr route table[] = {
  // method  path                        handle
  {"POST",   "/api/channels",            create_channel},
  {"GET",    "/api/channels",            list_channels},
  {"GET",    "/api/channels/:id",        show_channel},
  {"POST",   "/api/channels/:id/join",   join_channel},
  {"GET",    "/api/messages",            list_messages},
};
// clang-format on

} // namespace

std::span<const route> routes() {
  return table;
}

} // namespace stentor::api
