// XetHub: xorbs out of noise, files out of runs, and a client's reading of an answer.
#include "service/xet_testing.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/hasher.h"
#include "chunk/hash_tree.h"
#include "net/block_on.h"

namespace granary::service::testing {
namespace {

constexpr std::size_t kHeaderSizeBytes = 8;

Task<std::string> read_all(net::BodySource& source, int& descriptors) {
  std::string all;
  while (true) {
    auto piece = co_await source.next();
    EXPECT_TRUE(piece) << piece.error().message;
    if (!piece || std::holds_alternative<std::monostate>(*piece)) co_return all;
    if (const auto* bytes = std::get_if<ByteView>(&*piece))
      all += as_text(*bytes);
    else
      ++descriptors;  // the memory store has none
  }
}

/// The chunks of a run as it is sent, each with its header's claims checked.
std::vector<std::string> unpack(std::string_view run) {
  std::vector<std::string> chunks;
  while (run.size() >= kHeaderSizeBytes) {
    const auto byte = [&](std::size_t at) -> std::size_t {
      return static_cast<unsigned char>(run[at]);
    };
    const std::size_t size = byte(1) | byte(2) << 8 | byte(3) << 16;
    EXPECT_EQ(byte(0), 0U) << "version";
    EXPECT_EQ(byte(4), 0U) << "scheme none";
    EXPECT_EQ(size, byte(5) | byte(6) << 8 | byte(7) << 16);
    chunks.emplace_back(run.substr(kHeaderSizeBytes, size));
    run.remove_prefix(std::min(run.size(), kHeaderSizeBytes + size));
  }
  EXPECT_TRUE(run.empty());
  return chunks;
}

}  // namespace

XetTicket XetHub::ticket(std::string_view user, const std::string& repo, XetUse use) {
  const Caller caller = caller_named(user);
  const auto token = use == XetUse::Write ? xet->tokens.to_write(caller, repo_name(repo), "main")
                                          : xet->tokens.to_read(caller, repo_name(repo), "main");
  EXPECT_TRUE(token) << token.error().message;
  return token ? xet->tokens.admit(token->text, use).value() : XetTicket{};
}

MadeXorb XetHub::make_xorb(unsigned seed, std::size_t count) {
  std::mt19937 numbers(seed);
  MadeXorb xorb;
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes(1 + numbers() % 700, '\0');
    for (char& c : bytes) c = static_cast<char>(numbers());
    xorb.chunks.push_back({chunk::chunk_hash(as_bytes(bytes)), bytes.size()});
    xorb.bytes.push_back(std::move(bytes));
  }
  xorb.hash = chunk::xorb_hash(xorb.chunks);
  return xorb;
}

Result<void> XetHub::send(const XetTicket& ticket, const MadeXorb& xorb) {
  TRY(const auto upload, xet->uploads.start_xorb(ticket, xorb.hash));
  for (const std::string& bytes : xorb.bytes) TRY_DONE(upload->add_chunk(as_bytes(bytes)));
  return upload->finish();
}

TermClaim XetHub::term(const MadeXorb& xorb, std::uint32_t start, std::uint32_t end) {
  TermClaim claim{.xorb = xorb.hash, .chunk_start = start, .chunk_end = end};
  const std::span run = std::span(xorb.chunks).subspan(start, end - start);
  for (const chunk::Chunk& chunk : run) claim.unpacked_size_bytes += chunk.size_bytes;
  claim.range_hash = chunk::range_hash(run);
  return claim;
}

XetHub::MadeFile XetHub::make_file(const std::vector<Run>& runs) {
  MadeFile file;
  std::vector<chunk::Chunk> chunks;
  for (const Run& run : runs) {
    file.claim.terms.push_back(term(*run.xorb, run.start, run.end));
    for (std::uint32_t i = run.start; i < run.end; ++i) {
      chunks.push_back(run.xorb->chunks[i]);
      file.bytes += run.xorb->bytes[i];
    }
  }
  file.claim.hash = chunk::file_hash(chunks);
  file.claim.sha256 = sha256_of(as_bytes(file.bytes));
  return file;
}

std::string XetHub::bytes_of(const XorbFetch& fetch) {
  auto run = xet->downloads.open(fetch.pass);
  EXPECT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->allowed().first_byte, fetch.first_byte);
  EXPECT_EQ(run->allowed().last_byte, fetch.last_byte);
  const auto body = run->body({fetch.first_byte, fetch.last_byte - fetch.first_byte + 1}, pool);
  int descriptors = 0;
  const std::string bytes = net::block_on(read_all(*body, descriptors));
  EXPECT_EQ(descriptors, 0);
  EXPECT_EQ(bytes.size(), fetch.last_byte - fetch.first_byte + 1);
  return bytes;
}

std::optional<std::string> XetHub::fetch(const XetTicket& ticket, const FileHash& file,
                                         const FileSpan& span) {
  const auto answer = xet->downloads.reconstruct(ticket, file, span);
  EXPECT_TRUE(answer) << answer.error().message;
  if (!answer || !*answer) return std::nullopt;
  std::map<std::pair<XorbHash, std::uint32_t>, std::vector<std::string>> fetched;
  for (std::size_t i = 0; i < (*answer)->fetches.size(); ++i) {
    const XorbFetch& run = (*answer)->fetches[i];
    if (i > 0 && (*answer)->fetches[i - 1].xorb == run.xorb) {
      EXPECT_GT(run.chunk_start, (*answer)->fetches[i - 1].chunk_end) << "not merged";
    }
    fetched[{run.xorb, run.chunk_start}] = unpack(bytes_of(run));
    EXPECT_EQ((fetched[{run.xorb, run.chunk_start}].size()), run.chunk_end - run.chunk_start);
  }
  std::string all;
  for (const ReconstructionTerm& term : (*answer)->terms) {
    auto run = fetched.upper_bound({term.xorb, term.chunk_start});
    EXPECT_NE(run, fetched.begin());
    --run;
    std::string bytes;
    for (std::uint32_t i = term.chunk_start; i < term.chunk_end; ++i) {
      bytes += run->second.at(i - run->first.second);
    }
    EXPECT_EQ(bytes.size(), term.unpacked_size_bytes);
    // No term lies wholly outside, and the first is entered at its first chunk.
    if (all.empty())
      EXPECT_LT((*answer)->offset_into_first_range, bytes.size());
    else
      EXPECT_LE(all.size() - (*answer)->offset_into_first_range, span.last_byte - span.first_byte);
    all += bytes;
  }
  return all.substr(std::min<std::size_t>(all.size(), (*answer)->offset_into_first_range));
}

}  // namespace granary::service::testing
