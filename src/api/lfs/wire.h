// Wire: what Git LFS clients and the hub's uploaders send and are sent, as plain values and as
// JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace granary::api::lfs {

inline constexpr std::string_view kMediaType = "application/vnd.git-lfs+json";

enum class Operation : std::uint8_t { Upload, Download };

/// One object of a batch. `oid` is as sent; `sha256` is nothing if that is no SHA-256, `size_bytes`
/// if that is no whole number: such an object gets an error of its own.
struct BatchObject {
  std::string oid;
  std::optional<Sha256> sha256;
  std::optional<std::uint64_t> size_bytes;
};

struct BatchRequest {
  Operation operation = Operation::Download;
  bool offers_multipart = false;
  bool offers_xet = false;
  std::string branch = "main";
  std::vector<BatchObject> objects;
};

/// Errors: Invalid; TooLarge over limits::kLfsBatchObjectCountMax objects.
/// Source: the Git LFS batch API, and `hash_algo` as the hub's clients spell it.
Result<BatchRequest> parse_batch(std::string_view body);

/// {"oid":…,"size":…}: what verify is asked. Errors: Invalid.
struct VerifyRequest {
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
};
Result<VerifyRequest> parse_verify(std::string_view body);

/// {"oid":…,"parts":[{"partNumber":1,"etag":"\"…\""}…]}: the end of a multipart upload.
struct CompletionRequest {
  Sha256 sha256;
  struct Part {
    std::uint32_t number = 0;
    std::string etag;  // without quotes
  };
  std::vector<Part> parts;
};
/// Errors: Invalid; TooLarge over limits::kMultipartPartCountMax parts.
Result<CompletionRequest> parse_completion(std::string_view body);

struct Action {
  std::string name;  // "upload", "verify", "download"
  std::string href;
  std::vector<std::pair<std::string, std::string>> header;  // in order: some clients rely on it
};

/// One object of the reply. Without actions and error: it is there already.
struct BatchAnswer {
  std::string oid;
  std::uint64_t size_bytes = 0;
  std::vector<Action> actions;
  std::uint32_t expires_in_seconds = 0;  // of the actions
  int error_code = 0;  // 0: none
  std::string error_message;
};

enum class Transfer : std::uint8_t { Basic, Xet };

/// The reply to a batch. Its transfer is "basic" even for multipart uploads, which clients know by
/// the `chunk_size` among an upload's header fields.
std::string batch_json(Transfer transfer, const std::vector<BatchAnswer>& answers);

/// {"message":…,"error":…,"request_id":…}: read by git-lfs and by the hub's clients.
std::string error_json(std::string_view message, std::string_view request_id);

}  // namespace granary::api::lfs
