#include "net/client_address.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <optional>

namespace stentor {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_from(std::string_view text) {
  boost::system::error_code error;
  auto address = ip::make_address(text, error);
  if (error)
    return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

bool is_within(const ip::address& who, const std::string& network) {
  boost::system::error_code error;
  auto slash = network.find('/');
  if (slash == network.npos)
    return address_from(network) == who;
  auto bits = std::stoi(network.substr(slash + 1));
  if (auto v4 = ip::make_network_v4(network, error); !error)
    return who.is_v4() && ip::network_v4{who.to_v4(), static_cast<unsigned short>(bits)}.canonical() == v4.canonical();
  if (auto v6 = ip::make_network_v6(network, error); !error)
    return who.is_v6() && ip::network_v6{who.to_v6(), static_cast<unsigned short>(bits)}.canonical() == v6.canonical();
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

} // namespace

std::string client_address(const std::string& peer, std::string_view forwarded_for, const std::vector<std::string>& trusted) {
  auto known = address_from(peer);
  auto is_trusted = [&](const ip::address& who) { return std::ranges::any_of(trusted, [&](const auto& x) { return is_within(who, x); }); };
  while (known && !forwarded_for.empty() && is_trusted(*known)) {
    auto comma = forwarded_for.rfind(',');
    auto last = address_from(trimmed(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1)));
    if (!last)
      break;
    known = last;
    forwarded_for = comma == forwarded_for.npos ? std::string_view{} : forwarded_for.substr(0, comma);
  }
  return known ? known->to_string() : peer;
}

} // namespace stentor
