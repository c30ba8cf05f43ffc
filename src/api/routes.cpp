#include "api/api.hpp"

namespace stentor::api {
namespace {

// clang-format off
constexpr route table[] = {
  // method  path                                  handle
  {"POST",   "/api/channels",                      create_channel},
  {"GET",    "/api/channels",                      list_channels},
  {"GET",    "/api/channels/:id",                  show_channel},
  {"PATCH",  "/api/channels/:id",                  change_channel},
  {"DELETE", "/api/channels/:id",                  delete_channel},
  {"POST",   "/api/channels/:id/join",             join_channel},
  {"POST",   "/api/channels/:id/leave",            leave_channel},
  {"PUT",    "/api/channels/:id/read",             read_channel},
  {"GET",    "/api/channels/:id/members",          list_members},
  {"POST",   "/api/channels/:id/members",          add_channel_member},
  {"PATCH",  "/api/channels/:id/members/:userId",  change_channel_member},
  {"DELETE", "/api/channels/:id/members/:userId",  remove_channel_member},
  {"GET",    "/api/messages",                      list_messages},
};
// clang-format on

} // namespace

std::span<const route> routes() {
  return table;
}

} // namespace stentor::api
