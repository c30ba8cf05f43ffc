#include "net/client_address.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

const auto proxies = std::vector<std::string>{"127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"};

TEST(ClientAddress, IsThePeersUnlessThatIsATrustedProxy) {
  EXPECT_EQ(client_address("192.0.2.1", "", proxies), "192.0.2.1");
  EXPECT_EQ(client_address("192.0.2.1", "198.51.100.7", proxies), "192.0.2.1") << "anyone can say so";
  EXPECT_EQ(client_address("127.0.0.1", "198.51.100.7", {}), "127.0.0.1");
  EXPECT_EQ(client_address("127.0.0.1", "", proxies), "127.0.0.1");
}

TEST(ClientAddress, IsTheLastThatNoTrustedProxyHas) {
  EXPECT_EQ(client_address("127.0.0.1", "198.51.100.7", proxies), "198.51.100.7");
  EXPECT_EQ(client_address("127.0.0.1", "203.0.113.9, 198.51.100.7", proxies), "198.51.100.7") << "the first is the client's own invention";
  EXPECT_EQ(client_address("127.0.0.1", "203.0.113.9,198.51.100.7 , 10.1.2.3", proxies), "198.51.100.7");
  EXPECT_EQ(client_address("10.9.9.9", "10.1.2.3", proxies), "10.1.2.3") << "all are proxies";
}

TEST(ClientAddress, KnowsBothFamilies) {
  EXPECT_EQ(client_address("::1", "2001:db8::7", proxies), "2001:db8::7");
  EXPECT_EQ(client_address("fd12::1", "2001:db8::7", proxies), "2001:db8::7");
  EXPECT_EQ(client_address("::ffff:127.0.0.1", "198.51.100.7", proxies), "198.51.100.7") << "IPv4 on a socket for both";
  EXPECT_EQ(client_address("2001:db8::1", "198.51.100.7", proxies), "2001:db8::1");
}

TEST(ClientAddress, WhatIsNoAddressEndsTheSearch) {
  for (auto odd : {"unknown", "198.51.100.7:443", "", " ", ",", "1.2.3.4.5", "x, y"})
    EXPECT_EQ(client_address("127.0.0.1", odd, proxies), "127.0.0.1") << odd;
  EXPECT_EQ(client_address("127.0.0.1", "198.51.100.7, unknown", proxies), "127.0.0.1");
  EXPECT_EQ(client_address("", "198.51.100.7", proxies), "");
}

} // namespace
} // namespace stentor
