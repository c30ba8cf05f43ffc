#pragma once

#include "actors/errors.hpp"
#include "api/api.hpp"

#include <caf/response_type.hpp>

namespace stentor::api {

template <class Actor, class Message, class OnAnswer>
void service::ask(const call_ptr& from, const Actor& whom, Message what, OnAnswer on_answer) {
  using answer = caf::detail::tl_head_t<caf::response_type_t<typename Actor::signatures, Message>>;
  self()
    ->request(whom, caf::infinite, std::move(what))
    .then([on_answer = std::move(on_answer)](const answer& news) { on_answer(news); },
          [from](const caf::error& why) { from->fail(to_failure(why)); });
}

} // namespace stentor::api
