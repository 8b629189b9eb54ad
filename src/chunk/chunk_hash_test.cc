// Tests of the hashes against vectors and against captures of two real clients.
#include "chunk/chunk_hash.h"

#include <gtest/gtest.h>

#include <bit>
#include <boost/json.hpp>

#include "base/hasher.h"
#include "chunk/chunk_testing.h"
#include "chunk/chunker.h"
#include "chunk/gear_table.h"
#include "chunk/hash_tree.h"

namespace granary::chunk {
namespace {

using testing::parse_chunks;
using testing::read_vectors;
using testing::SplitMix64;
using testing::splitmix_bytes;

std::vector<Chunk> chunks_of(ByteView bytes) {
  std::vector<Chunk> chunks;
  std::size_t start = 0;
  for (std::size_t end : chunk_ends(bytes)) {
    chunks.push_back({chunk_hash(bytes.subspan(start, end - start)), end - start});
    start = end;
  }
  return chunks;
}

std::string_view text_at(const boost::json::value& object, std::string_view key) {
  return object.at(key).as_string();
}

Bytes bytes_of(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

// The inputs of end-to-end-hashes.json, made from their names.
Bytes input_named(std::string_view name, std::size_t size) {
  if (name == "abc") return bytes_of("abc");
  if (name == "hello") return bytes_of("Hello World!\n");
  if (name.starts_with("splitmix-1e6")) return splitmix_bytes(0, size);
  if (name.starts_with("splitmix-5e6")) return splitmix_bytes(7, size);
  return Bytes(size);
}

TEST(ChunkHash, GivesTheHashesOfTheEndToEndVectors) {
  const auto vectors = read_vectors("end-to-end-hashes.json");
  std::size_t count = 0;
  for (const auto& item : vectors.at("cases").as_array()) {
    const auto name = text_at(item, "name");
    if (name == "empty") continue;
    SCOPED_TRACE(name);
    const Bytes bytes = input_named(name, item.at("size").to_number<std::size_t>());
    ASSERT_EQ(sha256_of(bytes).to_string(), text_at(item, "sha256"));
    const auto chunks = chunks_of(bytes);
    EXPECT_EQ(chunks, parse_chunks(item.at("chunks")));
    EXPECT_EQ(xorb_hash(chunks).to_string(), text_at(item, "xorb_hash"));
    EXPECT_EQ(file_hash(chunks).to_string(), text_at(item, "file_hash"));
    EXPECT_EQ(range_hash(chunks).to_string(), text_at(item, "range_hash_all_chunks"));
    ++count;
  }
  EXPECT_EQ(count, 8U);
}

// The npm client's rule: it looks for cuts as soon as the skip ends, before the window is full.
std::vector<Chunk> npm_chunks_of(ByteView bytes) {
  std::vector<Chunk> chunks;
  std::uint64_t hash = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t size = i + 1 - start;
    if (size > 8127) hash = (hash << 1) + kGearTable[static_cast<std::uint8_t>(bytes[i])];
    const bool cut = (size > 8127 && hash >> 48 == 0) || size == 131072 || i + 1 == bytes.size();
    if (!cut) continue;
    chunks.push_back({chunk_hash(bytes.subspan(start, size)), size});
    hash = 0;
    start = i + 1;
  }
  return chunks;
}

TEST(ChunkHash, NamesTheFileOfTheNpmClientAlthoughItCutsElsewhere) {
  const auto vectors = read_vectors("end-to-end-hashes.json");
  const auto& item = vectors.at("cases").as_array().back();
  const auto& variant = item.at("js_client_variant");
  const auto chunks = npm_chunks_of(splitmix_bytes(7, 5'000'000));
  ASSERT_EQ(chunks.size(), variant.at("js_n_chunks").to_number<std::size_t>());
  EXPECT_EQ(file_hash(chunks).to_string(), text_at(variant, "js_file_hash"));
  const auto first = variant.at("first_different_chunk_index").to_number<std::size_t>();
  EXPECT_EQ(chunks[first].size_bytes, 8128U);
  EXPECT_EQ(parse_chunks(item.at("chunks"))[first].size_bytes, 34138U);
}

// The three inputs that the Python client's capture was made from; see
// tests/testdata/xet/README.md.
Bytes captured_text() {
  const std::string source =
      "the model weight tensor layer token attention norm gate proj up down key value query head "
      "bias scale open public library of";
  std::vector<std::string> words(1);
  for (char letter : source) {
    if (letter == ' ')
      words.emplace_back();
    else
      words.back() += letter;
  }
  std::string text;
  for (SplitMix64 numbers(2); text.size() < 300'000;) {
    const std::uint64_t number = numbers.next();
    text += words[number % words.size()] + ((number >> 32) % 11 == 0 ? '\n' : ' ');
  }
  text.resize(300'000);
  return bytes_of(text);
}

Bytes captured_weights() {
  Bytes weights;
  SplitMix64 numbers(1);
  for (int i = 0; i < 256 * 512; ++i) {
    double sum = 0;
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(numbers.next() >> 11) / 0x1p53;
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>((sum - 6.0) * 0.02));
    put_u16(weights, static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
  }
  std::string header = R"({"w":{"dtype":"BF16","shape":[256,512],"data_offsets":[0,262144]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  Bytes bytes;
  put_u64(bytes, header.size());
  put_bytes(bytes, as_bytes(header));
  put_bytes(bytes, weights);
  return bytes;
}

TEST(ChunkHash, GivesWhatThePythonClientSent) {
  const auto captured = read_vectors("hf-xet-1.8.0-hashes.json");
  const std::vector<std::pair<std::string, Bytes>> inputs = {
      {"text.lfs.txt", captured_text()},
      {"bf16.safetensors", captured_weights()},
      {"rand.bin", splitmix_bytes(3, 200'000)}};
  for (const auto& [name, bytes] : inputs) {
    SCOPED_TRACE(name);
    const auto& item = captured.at(name);
    ASSERT_EQ(sha256_of(bytes).to_string(), text_at(item, "sha256"));
    const auto chunks = chunks_of(bytes);
    EXPECT_EQ(chunks, parse_chunks(item.at("chunks")));
    EXPECT_EQ(xorb_hash(chunks).to_string(), text_at(item, "xorb_hash_if_alone"));
    EXPECT_EQ(file_hash(chunks).to_string(), text_at(item, "file_hash"));
    EXPECT_EQ(range_hash(chunks).to_string(), text_at(item, "range_hash"));
  }
}

TEST(ChunkHash, GivesTheFolderXorbAndTheKeyedHashesOfThePythonCapture) {
  const auto captured = read_vectors("hf-xet-1.8.0-hashes.json");
  std::vector<Chunk> folder;
  for (const auto& name : captured.at("_folder_xorb").at("order").as_array())
    for (const Chunk& chunk : parse_chunks(captured.at(name.as_string()).at("chunks")))
      folder.push_back(chunk);
  EXPECT_EQ(xorb_hash(folder).to_string(), text_at(captured.at("_folder_xorb"), "xorb_hash"));

  const auto& answer = captured.at("_dedup_answer");
  Blake3Key key;
  ASSERT_TRUE(
      parse_hex(text_at(answer, "hmac_key_raw_hex"), std::as_writable_bytes(std::span(key))));
  const auto& keyed = answer.at("keyed_chunk_hashes").as_array().at(0).as_array();
  ASSERT_EQ(keyed.size(), folder.size());
  for (std::size_t i = 0; i < folder.size(); ++i)
    EXPECT_EQ(keyed_chunk_hash(key, folder[i].hash).to_string(),
              std::string_view(keyed[i].as_string()));
}

TEST(ChunkHash, GivesWhatTheNpmClientSent) {
  Bytes bytes = splitmix_bytes(11, 60'000);
  for (std::uint64_t i = 0; i < 25'000; ++i) {
    // The recipe multiplies as doubles do in the client's language, exact below 2^53.
    const auto mixed = static_cast<std::uint32_t>(i * 2654435761U);
    const double value = 0.01 * (static_cast<double>(mixed % 2000) - 1000.0) / 1000.0;
    put_u32(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
  }
  for (int i = 0; i < 4000; ++i)
    put_bytes(bytes, as_bytes("line " + std::to_string(i) + " of the sample text\n"));
  const auto shard = read_vectors("js-client-2.17.5-shard.json");
  const auto& file = shard.at("files").at(0);
  ASSERT_EQ(sha256_of(bytes).to_string(), text_at(file, "sha256_as_hash_string"));
  const auto chunks = chunks_of(bytes);
  EXPECT_EQ(file_hash(chunks).to_string(), text_at(file, "file_hash"));
  EXPECT_EQ(xorb_hash(chunks).to_string(), text_at(shard.at("xorbs").at(0), "xorb_hash"));
  EXPECT_EQ(range_hash(chunks).to_string(), file.at("verification").at(0).as_string());
}

TEST(ChunkHash, KeyedHashIsBlake3UnderTheAnswersKey) {
  const auto vectors = read_vectors("end-to-end-hashes.json");
  const auto& item = vectors.at("keyed_chunk_hash");
  Blake3Key key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  const auto plain = ChunkHash::parse(text_at(item, "chunk_hash")).value();
  EXPECT_EQ(keyed_chunk_hash(key, plain).to_string(), text_at(item, "keyed"));
}

TEST(ChunkHash, TheStringFormReversesGroupsOfEightBytes) {
  const auto vectors = read_vectors("end-to-end-hashes.json");
  const auto& form = vectors.at("string_form").at(0);
  ChunkHash hash;
  ASSERT_TRUE(parse_hex(text_at(form, "raw_hex"), hash.bytes));
  EXPECT_EQ(hash.to_string(), text_at(form, "string"));
  EXPECT_EQ(ChunkHash::parse(text_at(form, "string")).value(), hash);
}

TEST(ChunkHasher, InPiecesGivesTheSameAndStartsAfresh) {
  const Bytes bytes = splitmix_bytes(9, 100'000);
  ChunkHasher hasher;
  for (int round = 0; round < 2; ++round) {
    hasher.update(ByteView(bytes).first(1));
    hasher.update(ByteView(bytes).subspan(1, 70'000));
    hasher.update(ByteView(bytes).subspan(70'001));
    EXPECT_EQ(hasher.finish(), chunk_hash(bytes));
  }
}

TEST(ChunkHash, OneChunkIn1024IsAHook) {
  ChunkHash hash;
  EXPECT_TRUE(is_hook(hash));
  hash.bytes[24] = std::byte{1};
  EXPECT_FALSE(is_hook(hash));
  hash.bytes[24] = std::byte{0};
  hash.bytes[25] = std::byte{4};  // 4 * 256 = 1024
  hash.bytes[0] = std::byte{7};
  EXPECT_TRUE(is_hook(hash));
}

}  // namespace
}  // namespace granary::chunk
