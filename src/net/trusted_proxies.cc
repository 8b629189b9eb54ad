// Address ranges by Asio's networks, and the X-Forwarded headers.
#include "net/trusted_proxies.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <utility>

#include "net/head_parser.h"

namespace granary::net {

namespace ip = boost::asio::ip;

struct TrustedProxies::Ranges {
  std::vector<ip::network_v4> v4;
  std::vector<ip::network_v6> v6;
};

namespace {

/// The last entry of a comma-separated list, without spaces around it; taken off `list`.
std::string_view take_last(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  std::string_view entry = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  while (entry.starts_with(' ')) entry.remove_prefix(1);
  while (entry.ends_with(' ')) entry.remove_suffix(1);
  return entry;
}

ip::address address_of(std::string_view text, boost::system::error_code& error) {
  ip::address address = ip::make_address(std::string(text), error);
  if (error || !address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

template <class Network, class Address>
bool holds(const Network& network, const Address& address) {
  return Network(address, network.prefix_length()).canonical() == network.canonical();
}

}  // namespace

TrustedProxies::TrustedProxies() : ranges_(std::make_unique<Ranges>()) {}
TrustedProxies::TrustedProxies(TrustedProxies&&) noexcept = default;
TrustedProxies& TrustedProxies::operator=(TrustedProxies&&) noexcept = default;
TrustedProxies::~TrustedProxies() = default;

Result<TrustedProxies> TrustedProxies::create(const std::vector<std::string>& ranges) {
  TrustedProxies proxies;
  for (const std::string& text : ranges) {
    const bool single = text.find('/') == std::string::npos;
    const bool v6 = text.find(':') != std::string::npos;
    boost::system::error_code error;
    if (v6) {
      proxies.ranges_->v6.push_back(ip::make_network_v6(single ? text + "/128" : text, error));
    } else {
      proxies.ranges_->v4.push_back(ip::make_network_v4(single ? text + "/32" : text, error));
    }
    if (error) return fail(ErrorKind::Invalid, "not an address or range: " + text);
  }
  return proxies;
}

bool TrustedProxies::contains(std::string_view text) const {
  if (ranges_->v4.empty() && ranges_->v6.empty()) return false;
  boost::system::error_code error;
  const ip::address address = address_of(text, error);
  if (error) return false;
  if (address.is_v4()) {
    return std::any_of(ranges_->v4.begin(), ranges_->v4.end(),
                       [&](const auto& network) { return holds(network, address.to_v4()); });
  }
  return std::any_of(ranges_->v6.begin(), ranges_->v6.end(),
                     [&](const auto& network) { return holds(network, address.to_v6()); });
}

void TrustedProxies::apply(const RequestHead& head, RequestOrigin& origin) const {
  if (auto schemes = head.header("X-Forwarded-Proto")) {
    const std::string_view scheme = take_last(*schemes);
    if (scheme == "http" || scheme == "https") origin.scheme = scheme;
  }
  if (auto hosts = head.header("X-Forwarded-Host")) {
    const std::string_view host = take_last(*hosts);
    if (!host.empty() && is_host(host)) origin.host = host;
  }
  auto addresses = head.header("X-Forwarded-For");
  while (addresses && !addresses->empty()) {
    const std::string_view address = take_last(*addresses);
    boost::system::error_code error;
    const ip::address parsed = address_of(address, error);
    if (error) return;
    origin.peer_address = parsed.to_string();
    if (!contains(address)) return;
  }
}

}  // namespace granary::net
