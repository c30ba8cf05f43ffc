#include "engine/command_terms.hpp"

#include "base/overloaded.hpp"
#include "chat/room.hpp"

namespace stentor {
namespace {

rate_action counts_as(const operation& what) {
  return std::holds_alternative<post_message>(what) ? rate_action::messages : rate_action::changes;
}

} // namespace

command_terms terms_of(const dialect::command& what) {
  using enum command_terms::asker;
  return std::visit(overloaded{
                      [](const dialect::join_room&) {
                        return command_terms{rate_action::joins, user};
                      },
                      [](const dialect::submit_operation& x) {
                        return command_terms{counts_as(x.what), user};
                      },
                      [](const dialect::refresh_token&) {
                        return command_terms{rate_action::queries, user};
                      },
                      [](const dialect::ask_status&) {
                        return command_terms{rate_action::queries, anyone};
                      },
                      [](const dialect::ask_online&) {
                        return command_terms{rate_action::queries, anyone};
                      },
                      [](const dialect::send_hint&) {
                        return command_terms{rate_action::typing, user};
                      },
                      [](const dialect::ping&) {
                        return command_terms{rate_action::events, anyone};
                      },
                      [](const auto&) {
                        return command_terms{rate_action::events, user};
                      },
                    },
                    what);
}

size_t durable_bytes(const dialect::command& what) {
  auto* submitted = std::get_if<dialect::submit_operation>(&what);
  if (!submitted)
    return 0;
  return 1 + std::visit(overloaded{
                          [](const post_message& x) { return x.content.size() + (x.reply_to ? quoted_bytes_max : 0); },
                          [](const edit_message& x) { return x.content.size(); },
                          [](const auto&) { return size_t{0}; },
                        },
                        submitted->what);
}

} // namespace stentor
