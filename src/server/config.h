// Config: every setting of the server, from one table: TOML file, flag and environment share a
// name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "base/result.h"
#include "meta/types.h"

namespace granary::server {

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string to_string() const;  // "127.0.0.1:8080", "[::1]:8080"
};

struct Config {
  std::string data;  // the data folder
  std::vector<ListenAddress> listen{{"127.0.0.1", 8080}};
  std::string public_url;  // empty: from each request's Host
  std::vector<std::string> trusted_proxies;
  std::string tls_certificate;  // PEM file; empty: plain HTTP
  std::string tls_key;
  unsigned io_threads = 0;    // 0: one per core
  unsigned pool_threads = 0;  // 0: chosen from the cores
  log::Level log_level = log::Level::Info;
  log::Format log_format = log::Format::Text;
  bool verify_always = false;
  std::string kernels = "auto";  // of the codecs
  bool code_at_ingest = true;
  unsigned recode_percent = 50;  // of one core
  std::uint64_t disk_floor_bytes = 2 * limits::kGiB;
  std::uint64_t multipart_threshold_bytes = limits::kMultipartThresholdBytes;
  std::uint64_t multipart_part_size_bytes = limits::kMultipartPartSizeBytes;
  unsigned connections_per_address_max = 0;  // 0: no limit
  meta::DedupeScope dedupe_scope = meta::DedupeScope::Organization;
  bool default_private = false;              // visibility of repos created without one
};

/// One setting: `log_level` in TOML, `--log-level` as a flag, `GRANARY_LOG_LEVEL` in the
/// environment.
struct Setting {
  std::string_view name;
  std::string_view value_hint;  // "HOST:PORT"
  std::string_view help;
  std::function<Result<void>(Config&, std::string_view value)> apply;

  std::string flag() const;
  std::string environment() const;
};
std::span<const Setting> settings();

/// Values given on the command line, by setting name.
using Overrides = std::map<std::string, std::string, std::less<>>;
/// Looks a variable of the environment up.
using ReadEnvironment = std::function<std::optional<std::string>(const std::string& name)>;

/// Defaults, then the TOML file, then the environment, then flags. `config_file`: empty means
/// DATA/granary.toml if it exists. Errors: Invalid, with the place and the nearest known key.
Result<Config> load_config(const std::string& config_file, const Overrides& flags,
                           const ReadEnvironment& environment);

/// Settings from the text of a TOML file, which errors name. Errors: as load_config.
Result<void> apply_toml(Config& config, std::string_view text, const std::string& file_name);

/// "512", "64KiB", "2GiB", "1TB". Errors: Invalid.
Result<std::uint64_t> parse_size(std::string_view text);
/// "127.0.0.1:8080", "[::]:80", ":8080" (all addresses). Errors: Invalid.
Result<ListenAddress> parse_listen(std::string_view text);

}  // namespace granary::server
