// Writing reconstructions as text at once: that of a large file in small pieces has 100,000 terms.
#include "api/xet/reconstruction_json.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <string_view>
#include <tuple>
#include <vector>

namespace granary::api::xet {
namespace {

using service::ReconstructionTerm;
using service::XorbFetch;

// Of text: what is usual, so that it is seldom moved while it grows.
constexpr std::size_t kTermSizeBytes = 144;
constexpr std::size_t kFetchSizeBytes = 384;

class JsonText {
 public:
  JsonText(const FetchUrls& urls, std::size_t size_bytes) {
    text_.reserve(size_bytes);
    url_start_ = boost::json::serialize(boost::json::string(urls.base));
    url_start_.back() = '/';  // in place of the quote
    url_start_ += "xorbs/";
  }

  JsonText& operator<<(std::string_view text) {
    text_ += text;
    return *this;
  }
  JsonText& operator<<(std::uint64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text_.append(digits.data(), end);
    return *this;
  }
  /// In string form, without the copy that to_string makes.
  template <class Tag>
  JsonText& operator<<(const Digest<Tag, 32>& hash) {
    static_assert(Tag::kGrouped);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<char, 64> hex;
    for (std::size_t i = 0; i < 32; ++i) {
      const auto byte = static_cast<std::uint8_t>(hash.bytes[i / 8 * 8 + 7 - i % 8]);
      hex[2 * i] = kDigits[byte >> 4];
      hex[2 * i + 1] = kDigits[byte & 15];
    }
    text_.append(hex.data(), hex.size());
    return *this;
  }
  /// With quotes.
  void put_url(const XorbFetch& fetch) {
    *this << url_start_ << fetch.xorb << "?pass=" << fetch.pass << '"';
  }
  void put_range(std::uint64_t start, std::uint64_t end) {
    *this << R"({"start":)" << start << R"(,"end":)" << end << '}';
  }

  std::string take() && { return std::move(text_); }

 private:
  JsonText& operator<<(char c) {
    text_ += c;
    return *this;
  }

  std::string text_;
  std::string url_start_;  // escaped, with a quote before it
};

void put_terms(JsonText& out, std::span<const ReconstructionTerm> terms) {
  std::string_view before = "[";
  for (const ReconstructionTerm& term : terms) {
    out << before << R"({"hash":")" << term.xorb << R"(","unpacked_length":)"
        << term.unpacked_size_bytes << R"(,"range":)";
    out.put_range(term.chunk_start, term.chunk_end);
    out << "}";
    before = ",";
  }
  out << (terms.empty() ? "[]" : "]");
}

void put_fetch(JsonText& out, const XorbFetch& fetch, ReconstructionVersion version) {
  if (version == ReconstructionVersion::V1) {
    out << R"({"range":)";
    out.put_range(fetch.chunk_start, fetch.chunk_end);
    out << R"(,"url":)";
    out.put_url(fetch);
    out << R"(,"url_range":)";
    out.put_range(fetch.first_byte, fetch.last_byte);
    out << "}";
    return;
  }
  // One range to an entry: for several, one client wants them in one multipart answer.
  out << R"({"url":)";
  out.put_url(fetch);
  out << R"(,"ranges":[{"chunks":)";
  out.put_range(fetch.chunk_start, fetch.chunk_end);
  out << R"(,"bytes":)";
  out.put_range(fetch.first_byte, fetch.last_byte);
  out << "}]}";
}

/// `fetches`: those of a xorb side by side.
void put_fetches(JsonText& out, std::span<const XorbFetch* const> fetches,
                 ReconstructionVersion version) {
  out << "{";
  for (std::size_t index = 0; index < fetches.size(); ++index) {
    const bool starts_xorb = index == 0 || fetches[index]->xorb != fetches[index - 1]->xorb;
    if (starts_xorb) {
      out << (index == 0 ? "\"" : "],\"") << fetches[index]->xorb << "\":[";
    } else {
      out << ",";
    }
    put_fetch(out, *fetches[index], version);
  }
  out << (fetches.empty() ? "}" : "]}");
}

}  // namespace

std::string reconstruction_json(const service::Reconstruction& answer,
                                ReconstructionVersion version, const FetchUrls& urls) {
  std::vector<const XorbFetch*> fetches;
  fetches.reserve(answer.fetches.size());
  for (const XorbFetch& fetch : answer.fetches) fetches.push_back(&fetch);

  JsonText out(urls, 256 + answer.terms.size() * kTermSizeBytes + fetches.size() * kFetchSizeBytes);
  out << R"({"offset_into_first_range":)" << answer.offset_into_first_range << R"(,"terms":)";
  put_terms(out, answer.terms);
  out << (version == ReconstructionVersion::V1 ? R"(,"fetch_info":)" : R"(,"xorbs":)");
  put_fetches(out, fetches, version);
  out << "}";
  return std::move(out).take();
}

std::string batch_reconstruction_json(std::span<const NamedReconstruction> files,
                                      const FetchUrls& urls) {
  std::vector<const XorbFetch*> fetches;
  std::size_t term_count = 0;
  for (const auto& [hash, answer] : files) {
    term_count += answer.terms.size();
    for (const XorbFetch& fetch : answer.fetches) fetches.push_back(&fetch);
  }
  // Those of two files may overlap.
  std::ranges::sort(fetches, [](const XorbFetch* a, const XorbFetch* b) {
    return std::tie(a->xorb, a->chunk_start) < std::tie(b->xorb, b->chunk_start);
  });

  JsonText out(urls, 256 + files.size() * 80 + term_count * kTermSizeBytes +
                         fetches.size() * kFetchSizeBytes);
  std::string_view before = R"({"files":{")";
  for (const auto& [hash, answer] : files) {
    out << before << hash << "\":";
    put_terms(out, answer.terms);
    before = ",\"";
  }
  out << (files.empty() ? R"({"files":{},"fetch_info":)" : R"(},"fetch_info":)");
  put_fetches(out, fetches, ReconstructionVersion::V1);
  out << "}";
  return std::move(out).take();
}

}  // namespace granary::api::xet
