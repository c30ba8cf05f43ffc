#pragma once

// A namespace, its sockets, and what all of them are told.

#include "io_test.hpp"

namespace stentor::io {

inline const texts news = {R"(42["news"])"};
inline const texts silence = {};

struct NspTest : IoTest {
  struct member_of {
    wire* link;
    socket* who;
  };

  member_of somebody(std::vector<room_key> rooms = {}) {
    auto& link = member();
    for (const auto& room : rooms)
      root.newest()->enter(room);
    return {&link, root.newest().get()};
  }
  void tell(const audience& whom) {
    place().tell(whom, std::make_shared<const spoken>("news"));
    settle();
  }
};

} // namespace stentor::io
