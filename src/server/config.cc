// The table of settings, and their reading from TOML, environment and flags.
#include "server/config.h"

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "base/bytes.h"
#include "base/env.h"
#include "base/text.h"
#include "codec/kernels.h"

namespace granary::server {
namespace {

constexpr std::uint64_t kFileSizeBytesMax = limits::kMiB;

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) {
    return fail(ErrorKind::Invalid, "expected a whole number up to " + std::to_string(max));
  }
  return value;
}

Result<bool> parse_flag(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true" || lower == "1" || lower == "yes") return true;
  if (lower == "false" || lower == "0" || lower == "no") return false;
  return fail(ErrorKind::Invalid, "expected true or false");
}

template <class T>
Result<T> parse_choice(std::string_view text,
                       std::initializer_list<std::pair<std::string_view, T>> choices) {
  std::string known;
  for (const auto& [name, value] : choices) {
    if (text == name) return value;
    known += known.empty() ? std::string(name) : ", " + std::string(name);
  }
  return fail(ErrorKind::Invalid, "expected one of " + known);
}

Result<void> apply_listen(Config& config, std::string_view value) {
  config.listen.clear();
  for (const std::string_view part : split(value, ',')) {
    TRY(auto address, parse_listen(trim(part)));
    config.listen.push_back(std::move(address));
  }
  return {};
}

Result<void> apply_public_url(Config& config, std::string_view value) {
  while (value.ends_with('/')) value.remove_suffix(1);
  if (!value.empty() && !value.starts_with("http://") && !value.starts_with("https://")) {
    return fail(ErrorKind::Invalid, "expected a URL like https://granary.example");
  }
  config.public_url = value;
  return {};
}

Result<void> apply_proxies(Config& config, std::string_view value) {
  config.trusted_proxies.clear();
  for (const std::string_view part : split(value, ',')) {
    if (!trim(part).empty()) config.trusted_proxies.emplace_back(trim(part));
  }
  return {};
}

Result<void> apply_log_level(Config& config, std::string_view value) {
  using log::Level;
  TRY(config.log_level, parse_choice<Level>(value, {{"debug", Level::Debug},
                                                    {"info", Level::Info},
                                                    {"warn", Level::Warn},
                                                    {"error", Level::Error},
                                                    {"off", Level::Off}}));
  return {};
}

Result<void> apply_log_format(Config& config, std::string_view value) {
  using log::Format;
  TRY(config.log_format,
      parse_choice<Format>(value, {{"text", Format::Text}, {"json", Format::Json}}));
  return {};
}

Result<void> apply_verify(Config& config, std::string_view value) {
  TRY(config.verify_always, parse_choice<bool>(value, {{"first", false}, {"always", true}}));
  return {};
}

Result<void> apply_dedupe_scope(Config& config, std::string_view value) {
  using meta::DedupeScope;
  TRY(config.dedupe_scope, parse_choice<DedupeScope>(value, {{"repo", DedupeScope::Repo},
                                                             {"org", DedupeScope::Organization},
                                                             {"instance", DedupeScope::Instance}}));
  return {};
}

Result<void> apply_kernels(Config& config, std::string_view value) {
  std::string known = "auto";
  for (const codec::Kernels* kernels : codec::all_kernels()) {
    known += ", " + std::string(kernels->name);
  }
  if (value != "auto" && codec::find_kernels(value) == nullptr) {
    return fail(ErrorKind::Invalid, "expected what this CPU can run: " + known);
  }
  config.kernels = value;
  return {};
}

Result<void> apply_code_at_ingest(Config& config, std::string_view value) {
  TRY(config.code_at_ingest, parse_flag(value));
  return {};
}

Result<void> apply_recode_percent(Config& config, std::string_view value) {
  TRY(const std::uint64_t percent, parse_number(value, 100));
  config.recode_percent = static_cast<unsigned>(percent);
  return {};
}

Result<void> apply_part_size(Config& config, std::string_view value) {
  TRY(config.multipart_part_size_bytes, parse_size(value));
  if (config.multipart_part_size_bytes < limits::kMiB) {
    return fail(ErrorKind::Invalid, "a part has at least 1MiB");
  }
  return {};
}

// A setting that is stored as it is written.
auto text_into(std::string Config::* member) {
  return [member](Config& config, std::string_view value) -> Result<void> {
    config.*member = value;
    return {};
  };
}

auto count_into(unsigned Config::* member) {
  return [member](Config& config, std::string_view value) -> Result<void> {
    TRY(const std::uint64_t number, parse_number(value, 1024 * 1024));
    config.*member = static_cast<unsigned>(number);
    return {};
  };
}

auto size_into(std::uint64_t Config::* member) {
  return [member](Config& config, std::string_view value) -> Result<void> {
    TRY(config.*member, parse_size(value));
    return {};
  };
}

Result<void> apply_default_private(Config& config, std::string_view value) {
  TRY(config.default_private, parse_flag(value));
  return {};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : settings()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string unknown_key(std::string_view name) {
  const auto all = settings();
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return edit_distance(name, a.name) < edit_distance(name, b.name);
  });
  std::string message = "unknown key '" + std::string(name) + "'";
  if (edit_distance(name, nearest->name) <= 3) {
    message += "; did you mean '" + std::string(nearest->name) + "'?";
  } else {
    message += "; `granary serve --help` lists the keys";
  }
  return message;
}

Result<void> apply(Config& config, const Setting& setting, std::string_view value,
                   const std::string& place) {
  auto done = setting.apply(config, value);
  if (!done) return tl::unexpected(std::move(done).error().during(place));
  return {};
}

Result<std::string> to_setting_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const auto& item : *list) {
      TRY(const std::string part, to_setting_text(item));
      joined += joined.empty() ? part : "," + part;
    }
    return joined;
  }
  return fail(ErrorKind::Invalid, "expected a string, number, boolean or a list of them");
}

Result<void> apply_file(Config& config, const std::string& path) {
  TRY(const auto file, real_env().files.open(path, OpenMode::Read));
  TRY(const std::uint64_t size_bytes, file->size_bytes());
  if (size_bytes > kFileSizeBytesMax) {
    return fail(ErrorKind::TooLarge, path + " is no file of settings: it is over 1 MiB");
  }
  Bytes bytes(static_cast<std::size_t>(size_bytes));
  TRY(const std::size_t read_bytes, file->read_at(0, bytes));
  return apply_toml(config, as_text(ByteView(bytes).first(read_bytes)), path);
}

// No setting lies in a table, and toml++ 3.3 assumes that a header's name begins as a name may.
Result<void> refuse_tables(std::string_view text, const std::string& file_name) {
  std::size_t line_number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++line_number;
    if (!trim(line).starts_with('[')) continue;
    return fail(ErrorKind::Invalid, file_name + ":" + std::to_string(line_number) +
                                        ": settings are not in tables; write each as name = value");
  }
  return {};
}

}  // namespace

std::string ListenAddress::to_string() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Setting::flag() const {
  std::string text = "--" + std::string(name);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

std::string Setting::environment() const { return "GRANARY_" + to_upper(name); }

std::span<const Setting> settings() {
  static const std::array table{
      Setting{"data", "DIR", "the data folder", text_into(&Config::data)},
      Setting{"listen", "HOST:PORT", "addresses to serve, comma-separated [127.0.0.1:8080]",
              apply_listen},
      Setting{"public_url", "URL", "how clients reach this server [from each request]",
              apply_public_url},
      Setting{"trusted_proxies", "ADDRESSES", "whose X-Forwarded-* headers are believed [none]",
              apply_proxies},
      Setting{"tls_certificate", "FILE", "PEM certificate chain; with tls_key turns TLS on",
              text_into(&Config::tls_certificate)},
      Setting{"tls_key", "FILE", "PEM private key", text_into(&Config::tls_key)},
      Setting{"io_threads", "N", "threads for connections [one per core]",
              count_into(&Config::io_threads)},
      Setting{"pool_threads", "N", "threads for hashing, disk and SQL [from the cores]",
              count_into(&Config::pool_threads)},
      Setting{"log_level", "LEVEL", "debug, info, warn, error, off [info]", apply_log_level},
      Setting{"log_format", "FORMAT", "text or json [text]", apply_log_format},
      Setting{"verify", "WHEN", "check stored blocks at their first read or always [first]",
              apply_verify},
      Setting{"kernels", "NAME", "instructions that code weights: auto, scalar, avx2, … [auto]",
              apply_kernels},
      Setting{"code_at_ingest", "BOOL",
              "weights are coded as they are uploaded, unless uploads are many [true]",
              apply_code_at_ingest},
      Setting{"recode_percent", "PERCENT",
              "of a core that the recoder may take to make stored xorbs smaller; 0: none [50]",
              apply_recode_percent},
      Setting{"disk_floor", "SIZE", "free space under which uploads are refused [2GiB]",
              size_into(&Config::disk_floor_bytes)},
      Setting{"multipart_threshold", "SIZE", "files above are offered in parts [1GiB]",
              size_into(&Config::multipart_threshold_bytes)},
      Setting{"multipart_part_size", "SIZE", "size of a part [128MiB]", apply_part_size},
      Setting{"dedupe_scope", "SCOPE",
              "whose stored bytes spare an upload some work: repo, org, instance [org]",
              apply_dedupe_scope},
      Setting{"connections_per_address", "N", "open connections one address may hold [no limit]",
              count_into(&Config::connections_per_address_max)},
      Setting{"default_private", "BOOL", "repos created without a visibility are private [false]",
              apply_default_private},
  };
  return table;
}

Result<void> apply_toml(Config& config, std::string_view text, const std::string& file_name) {
  TRY_DONE(refuse_tables(text, file_name));
  toml::table table;
  try {
    table = toml::parse(text, file_name);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::Invalid, file_name + ":" + std::to_string(error.source().begin.line) +
                                        ": " + std::string(error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string place = file_name + ":" + std::to_string(node.source().begin.line);
    const Setting* setting = find_setting(key.str());
    if (setting == nullptr) return fail(ErrorKind::Invalid, place + ": " + unknown_key(key.str()));
    if (setting->name == "data") {
      return fail(ErrorKind::Invalid,
                  place + ": the data folder is given by --data or GRANARY_DATA");
    }
    auto value = to_setting_text(node);
    if (!value) return tl::unexpected(std::move(value).error().during(place));
    TRY_DONE(apply(config, *setting, *value, place + ": " + std::string(setting->name)));
  }
  return {};
}

Result<Config> load_config(const std::string& config_file, const Overrides& flags,
                           const ReadEnvironment& environment) {
  Config config;
  if (const auto folder = environment("GRANARY_DATA")) config.data = *folder;
  if (const auto given = flags.find("data"); given != flags.end()) config.data = given->second;

  std::string file = config_file;
  if (file.empty() && !config.data.empty()) {
    const std::string usual = config.data + "/granary.toml";
    std::error_code error;
    if (std::filesystem::exists(usual, error)) file = usual;
  }
  if (!file.empty()) TRY_DONE(apply_file(config, file));

  for (const Setting& setting : settings()) {
    const std::string variable = setting.environment();
    if (const auto value = environment(variable)) {
      TRY_DONE(apply(config, setting, *value, variable));
    }
  }
  for (const auto& [name, value] : flags) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr) return fail(ErrorKind::Invalid, unknown_key(name));
    TRY_DONE(apply(config, *setting, value, setting->flag()));
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return fail(ErrorKind::Invalid, "tls_certificate and tls_key go together");
  }
  return config;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    std::uint64_t factor;
  };
  static constexpr std::array units{Unit{"KiB", limits::kKiB},
                                    Unit{"MiB", limits::kMiB},
                                    Unit{"GiB", limits::kGiB},
                                    Unit{"TiB", 1024 * limits::kGiB},
                                    Unit{"KB", 1000},
                                    Unit{"MB", 1000'000},
                                    Unit{"GB", 1000'000'000},
                                    Unit{"TB", 1000'000'000'000},
                                    Unit{"B", 1}};
  std::uint64_t factor = 1;
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.suffix)) continue;
    factor = unit.factor;
    text.remove_suffix(unit.suffix.size());
    break;
  }
  auto number = parse_number(trim(text), limits::kFileSizeBytesMax * 1024 / factor);
  if (!number) return fail(ErrorKind::Invalid, "expected a size like 64MiB");
  return *number * factor;
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail(ErrorKind::Invalid, "expected HOST:PORT, like 127.0.0.1:8080");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return fail(ErrorKind::Invalid, "an IPv6 address is written in brackets: [::1]:8080");
  }
  auto port = parse_number(text.substr(colon + 1), 65535);
  if (!port) return fail(ErrorKind::Invalid, "the port is a number from 0 to 65535");
  if (host == "localhost") host = "127.0.0.1";
  return ListenAddress{.host = host.empty() ? "0.0.0.0" : std::string(host),
                       .port = static_cast<std::uint16_t>(*port)};
}

}  // namespace granary::server
