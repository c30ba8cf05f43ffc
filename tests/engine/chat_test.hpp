#pragma once

// Chat on a network that a test drives; rooms, directory and store are played by the test.

#include "engine/chat_broadcast.hpp"
#include "engine/chat_engine.hpp"
#include "support/network_test.hpp"
#include "support/scripted.hpp"

#include <map>

namespace stentor {

using texts = std::vector<std::string>;

struct ChatTest : NetworkTest {
  const room_id lobby{7}, attic{8};
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "ada@example.org", "https://img.example/ada.png"});
  user_ptr bob = std::make_shared<const user>(user{{2}, "Bob", "", ""});

  scripted_reader reader;
  scripted_persistence disk;
  scripted_directory directory;
  std::map<room_id, scripted_room> rooms;
  std::map<room_id, found_room> found;
  scripted_registry registry;
  scripted_presence presence;
  scripted_accounts accounts;
  std::map<std::string, std::string, std::less<>> tokens{{"ada's", R"({"iss":"stentor","sub":1})"},
                                                         {"bob's", R"({"iss":"stentor","sub":2})"}};

  chat_engine engine;

  ChatTest();
  ~ChatTest() override;

  /// From now on, the directory's answers wait for the test.
  void hold_directory() { directory.finds.always = nullptr; }
  void release_directory(room_id room);

  /// A client whose CONNECT was let in and greeted.
  wire& guest(const std::string& token);
  texts emit(wire& client, const std::string& event, const std::string& payload, std::string ack = "");

  // What rooms do, and what the client hears of it.
  static event_ptr message(room_id room, seqno seq, user_ptr author, std::string content, std::string key = "");
  texts admit(wire& client, room_id room, seqno seq = 5, std::vector<event_ptr> missed = {}, bool has_more = false);
  texts refuse_join(wire& client, room_id room, failure why);
  texts commit(wire& client, room_id room, const event_ptr& what);
  texts refuse_submit(wire& client, room_id room, failure why);
  /// A room tells this thread.
  void tell(room_id room, const event_ptr& what);
  texts told(wire& client, room_id room, seqno seq);

  /// How many of `heard` are this event.
  static size_t count(const texts& heard, std::string_view event);

private:
  result<believed_token> believe(std::string_view token);
  void open_room(room_id id, std::string key);
  result<found_room> look_up(const room_ref& room);
};

/// One of Ada's clients, which is in no room yet.
struct ChatSocketTest : ChatTest {
  wire& client = guest("ada's");

  /// Joins the lobby, which lets it in.
  void enter_lobby();
};

} // namespace stentor
