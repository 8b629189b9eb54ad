// People JSON: how users and organisations are written wherever they occur.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "net/request.h"
#include "service/accounts.h"

namespace granary::api::hf {

std::string avatar_url(const net::Request& request, std::string_view name);
/// {user, fullname, avatarUrl, …}: an item of members and likers. Never an e-mail address.
boost::json::object user_json(const net::Request& request, const meta::Namespace& user);
/// {name, fullname, avatarUrl, …}: an item of `orgs`.
boost::json::object organization_json(const net::Request& request,
                                      const meta::Namespace& organization);

}  // namespace granary::api::hf
