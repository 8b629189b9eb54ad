// The sums of meta::Usage, with what follows from them.
#include "server/stats.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "codec/block.h"
#include "server/admin_work.h"
#include "server/instance.h"

namespace granary::server {
namespace {

// What other files or repos hold already. A xorb may also hold chunks that no file needs any more.
std::uint64_t saved_by_dedupe(const meta::Usage& usage) {
  return usage.file_size_bytes - std::min(usage.file_size_bytes, usage.xorb_size_bytes);
}

std::uint64_t coded_size_bytes(const meta::Usage& usage) {
  std::uint64_t total = usage.unseen_size_bytes;
  for (const meta::CodingShare& share : usage.shares) total += share.coded_size_bytes;
  return total;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string line(std::string_view name, std::uint64_t original, std::uint64_t stored) {
  return fmt::format("{:<14}{:>12}{:>12}{:>12}{:>11.1f} %\n", name, format_size(original),
                     format_size(stored), format_size(original - std::min(original, stored)),
                     percent(stored, original));
}

}  // namespace

std::string codec_name(std::uint8_t number) {
  const auto codec = codec::parse_codec(number);
  return codec ? std::string(name_of(*codec)) : fmt::format("codec {}", number);
}

std::string stats_text(const meta::Usage& usage) {
  const std::uint64_t coded = coded_size_bytes(usage);
  std::string text = fmt::format("{} files in repositories, {} different ones, in {} xorbs\n\n",
                                 usage.file_count, usage.unique_file_count, usage.xorb_count);
  text += fmt::format("{:<14}{:>12}{:>12}{:>12}{:>13}\n", "", "original", "stored", "saved",
                      "of original");
  text += line("dedupe", usage.file_size_bytes, usage.file_size_bytes - saved_by_dedupe(usage));
  for (const meta::CodingShare& share : usage.shares) {
    text += line(codec_name(share.codec), share.size_bytes, share.coded_size_bytes);
  }
  if (usage.unseen_size_bytes > 0) {
    text += line("not seen yet", usage.unseen_size_bytes, usage.unseen_size_bytes);
  }
  const std::uint64_t tables = usage.stored_size_bytes - std::min(usage.stored_size_bytes, coded);
  text += fmt::format("{:<14}{:>12}{:>12}\n", "tables", "", format_size(tables));
  return text + line("all", usage.file_size_bytes, usage.stored_size_bytes);
}

std::string stats_json(const meta::Usage& usage) {
  boost::json::array shares;
  for (const meta::CodingShare& share : usage.shares) {
    shares.push_back({{"codec", codec_name(share.codec)},
                      {"size_bytes", share.size_bytes},
                      {"coded_size_bytes", share.coded_size_bytes}});
  }
  return boost::json::serialize(boost::json::object{{"file_count", usage.file_count},
                                                    {"file_size_bytes", usage.file_size_bytes},
                                                    {"unique_file_count", usage.unique_file_count},
                                                    {"unique_size_bytes", usage.unique_size_bytes},
                                                    {"xorb_count", usage.xorb_count},
                                                    {"xorb_size_bytes", usage.xorb_size_bytes},
                                                    {"stored_size_bytes", usage.stored_size_bytes},
                                                    {"unseen_size_bytes", usage.unseen_size_bytes},
                                                    {"shares", std::move(shares)}});
}

Result<std::string> show_stats(AdminCall& call) {
  std::optional<meta::RepoId> repo;
  if (call.has("repo")) {
    TRY(const meta::RepoName name, call.repo_name("repo"));
    TRY(const service::VisibleRepo found, call.instance.access().find(call.caller, name));
    repo = found.repo.id;
  }
  TRY(const meta::Usage usage, call.instance.facts().codings().read_usage(repo));
  return call.has("json") ? stats_json(usage) : stats_text(usage);
}

}  // namespace granary::server
