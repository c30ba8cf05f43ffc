#include "net/jsonp.hpp"
#include "poller.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using testing::EndsWith;
using testing::StartsWith;

TEST(Jsonp, IsAScriptThatCallsThePage) {
  EXPECT_EQ(jsonp_script("3", "4hello"), R"(___eio[3]("4hello");)");
  EXPECT_EQ(jsonp_script("0", "4\"\\\n\x01</script>"), R"(___eio[0]("4\"\\\n\u0001</script>");)");
  EXPECT_EQ(jsonp_script("0", "4\xe2\x80\xa8-\xe2\x80\xa9-\xe2\x80\xaa-€"), "___eio[0](\"4\\u2028-\\u2029-\xe2\x80\xaa-€\");");
  EXPECT_EQ(jsonp_script("0", "4\xff"), "___eio[0](\"4\xef\xbf\xbd\");");
}

TEST(Jsonp, EscapesAMegabyteOfSeparators) {
  constexpr auto separators = 333'333;
  auto payload = std::string{};
  auto script = std::string{"___eio[0](\""};
  for (auto i = 0; i < separators; ++i) {
    payload += "\xe2\x80\xa8";
    script += "\\u2028";
  }
  EXPECT_EQ(jsonp_script("0", payload), script + "\");");
}

TEST(Jsonp, OnlyTheDigitsOfItsIndexCount) {
  EXPECT_EQ(jsonp_script("12", ""), R"(___eio[12]("");)");
  EXPECT_EQ(jsonp_script("0](alert(1));//", ""), R"(___eio[01]("");)");
  EXPECT_EQ(jsonp_script("constructor", ""), R"(___eio[]("");)");
}

TEST(Jsonp, ComesBackAsAForm) {
  EXPECT_EQ(jsonp_payload("d=4hello"), "4hello");
  EXPECT_EQ(jsonp_payload("x=1&d=6%3A4hello+%C3%A9"), "6:4hello é");
  EXPECT_EQ(jsonp_payload(R"(d=4one\ntwo)"), "4one\ntwo");
  EXPECT_EQ(jsonp_payload(R"(d=4one\\ntwo)"), "4one\\ntwo");
  EXPECT_EQ(jsonp_payload(R"(d=4\\\n\)"), "4\\\\n\\") << "as the reference reads it";
  EXPECT_EQ(jsonp_payload("4hello"), "");
}

TEST(Jsonp, IsSpokenInBothRevisions) {
  echo_server server{with_eio3};
  auto old = poller{server, "EIO=3&j=7"};
  EXPECT_THAT(old.hello.body, StartsWith(R"(___eio[7]("118:0{\"sid\":\")" + old.sid));
  EXPECT_THAT(old.hello.body, EndsWith(R"(}");)"));
  EXPECT_TRUE(old.hello.has("Content-Type: text/plain; charset=UTF-8"));
  EXPECT_EQ(old.post("d=5%3A4a%5Cnbc10%3Ab4AQIDBA%3D%3D").body, "ok");
  EXPECT_EQ(old.get(), R"(___eio[7]("5:4a\nbc10:b4AQIDBA==");)");
  auto young = poller{server, "EIO=4&j=0"};
  EXPECT_EQ(young
              .post("d=4hello%1E"
                    "bAQID")
              .body,
            "ok");
  EXPECT_EQ(young.get(), R"(___eio[0]("4hello\u001ebAQID");)");
  EXPECT_EQ(young.post("d=1").body, "ok");
  EXPECT_FALSE(young.is_known());
}

} // namespace
} // namespace stentor
