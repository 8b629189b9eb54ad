// Small responses leave in one send; large content follows its head piece by piece.
#include "net/response_writer.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/limits.h"
#include "net/pool.h"

namespace granary::net {
namespace {

// Text up to this size is copied behind the head, to leave in the same packet and TLS record.
constexpr std::size_t kCopiedTextSizeBytesMax = 16 * limits::kKiB;

void append_number(std::string& out, std::uint64_t number, int base = 10) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

const std::string* text_of(const Content& content) {
  if (const auto* own = std::get_if<std::string>(&content)) return own;
  const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&content);
  return shared != nullptr ? shared->get() : nullptr;
}

BodySource* source_of(const Content& content) {
  const auto* source = std::get_if<std::unique_ptr<BodySource>>(&content);
  return source != nullptr ? source->get() : nullptr;
}

std::optional<std::uint64_t> size_of(const Content& content) {
  if (const std::string* text = text_of(content)) return text->size();
  if (const BodySource* source = source_of(content)) return source->size_bytes();
  if (const auto* size = std::get_if<SizeOnly>(&content)) return size->size_bytes;
  return 0;
}

bool never_has_content(int status) { return status < 200 || status == 204 || status == 304; }

/// Writes pieces, with or without chunked framing around each, and holds them to the declared size.
class PieceWriter {
 public:
  PieceWriter(Stream& stream, Pool& pool, std::optional<std::uint64_t> declared, bool chunked)
      : stream_(stream), pool_(pool), declared_(declared), chunked_(chunked) {}

  Task<Result<void>> write(Piece piece) {
    const auto* bytes = std::get_if<ByteView>(&piece);
    const auto* slice = std::get_if<FileSlice>(&piece);
    const std::uint64_t size = bytes != nullptr ? bytes->size() : slice->size_bytes;
    if (size == 0) co_return Result<void>();  // an empty chunk would end the body
    // What is over would be read as the next response.
    if (declared_ && size > *declared_ - written_bytes_) co_return wrong_size();
    if (chunked_) CO_TRY_DONE(co_await open_chunk(size));
    auto content = bytes != nullptr ? stream_.write(*bytes) : stream_.write_file(*slice, pool_);
    CO_TRY_DONE(co_await std::move(content));
    written_bytes_ += size;
    co_return Result<void>();
  }

  Task<Result<void>> finish() {
    if (declared_ && written_bytes_ != *declared_) co_return wrong_size();
    if (!chunked_) co_return Result<void>();
    line_ = written_bytes_ > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
    co_return co_await stream_.write(as_bytes(line_));
  }

 private:
  static tl::unexpected<Error> wrong_size() {
    return fail(ErrorKind::Internal, "a response's content had another size than declared");
  }

  Task<Result<void>> open_chunk(std::uint64_t size) {
    line_ = written_bytes_ > 0 ? "\r\n" : "";
    append_number(line_, size, 16);
    line_.append("\r\n");
    CO_TRY(const auto put, stream_.try_write(as_bytes(line_), true));
    line_.erase(0, put.value_or(0));
    co_return co_await stream_.write(as_bytes(line_));
  }

  Stream& stream_;
  Pool& pool_;
  std::optional<std::uint64_t> declared_;
  bool chunked_;
  std::string line_;
  std::uint64_t written_bytes_ = 0;
};

Task<Result<void>> write_source(Stream& stream, Pool& pool, BodySource& source, Framing framing) {
  PieceWriter writer(stream, pool, source.size_bytes(), framing == Framing::Chunked);
  while (true) {
    CO_TRY(auto piece, co_await source.next());
    if (std::holds_alternative<std::monostate>(piece)) break;
    CO_TRY_DONE(co_await writer.write(std::move(piece)));
  }
  co_return co_await writer.finish();
}

}  // namespace

Framing append_response_head(std::string& out, const Response& response, const ReplyFacts& facts) {
  const bool bare = never_has_content(response.status);
  const auto size = size_of(response.content);
  Framing framing = Framing::None;
  if (!bare && size) framing = Framing::Length;
  if (!bare && !size) framing = facts.is_http_1_0 ? Framing::UntilClose : Framing::Chunked;

  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.push_back(' ');
  out.append(reason_of(response.status));
  out.append("\r\nServer: granary\r\nDate: ");
  out.append(facts.date);
  out.append("\r\nX-Request-Id: ");
  out.append(facts.request_id);
  out.append("\r\n");
  out.append(response.headers.text());
  if (framing == Framing::Length) {
    out.append("Content-Length: ");
    append_number(out, *size);
    out.append("\r\n");
  } else if (framing == Framing::Chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (facts.close || framing == Framing::UntilClose) {
    out.append("Connection: close\r\n");
  } else if (facts.is_http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  return framing;
}

Task<Result<Framing>> write_response(Stream& stream, Pool& pool, std::string& scratch,
                                     Response& response, ReplyFacts facts) {
  scratch.clear();
  const Framing framing = append_response_head(scratch, response, facts);
  const bool has_content = framing != Framing::None && !facts.is_head;
  const std::string* text = has_content ? text_of(response.content) : nullptr;
  BodySource* source = has_content ? source_of(response.content) : nullptr;
  if (has_content && std::holds_alternative<SizeOnly>(response.content)) {
    co_return fail(ErrorKind::Internal, "a size without content answers HEAD only");
  }
  if (text != nullptr && text->size() <= kCopiedTextSizeBytesMax) {
    scratch.append(*text);
    text = nullptr;
  }
  CO_TRY(const auto put, stream.try_write(as_bytes(scratch), text != nullptr || source != nullptr));
  if (put.value_or(0) < scratch.size()) {
    const std::string rest = scratch.substr(put.value_or(0));
    CO_TRY_DONE(co_await stream.write(as_bytes(rest)));
  }
  if (text != nullptr) CO_TRY_DONE(co_await stream.write(as_bytes(*text)));
  if (source != nullptr) CO_TRY_DONE(co_await write_source(stream, pool, *source, framing));
  co_return framing;
}

}  // namespace granary::net
