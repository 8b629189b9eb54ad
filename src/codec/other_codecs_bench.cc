// Each keeps its buffers, and zstd its contexts, from block to block.
#include "codec/other_codecs_bench.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/limits.h"
#include "codec/kernels.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;
constexpr int kZstdLevel = 3;

struct Zstd {
  std::size_t encode(ByteView from, std::span<std::byte> to) const {
    return ZSTD_compressCCtx(coding.get(), to.data(), to.size(), from.data(), from.size(),
                             kZstdLevel);
  }
  std::size_t decode(ByteView from, std::span<std::byte> to) const {
    return ZSTD_decompressDCtx(decoding.get(), to.data(), to.size(), from.data(), from.size());
  }
  std::shared_ptr<ZSTD_CCtx> coding{ZSTD_createCCtx(), ZSTD_freeCCtx};
  std::shared_ptr<ZSTD_DCtx> decoding{ZSTD_createDCtx(), ZSTD_freeDCtx};
};

struct Lz4 {
  static std::size_t encode(ByteView from, std::span<std::byte> to) {
    return static_cast<std::size_t>(LZ4_compress_default(
        reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(to.data()),
        static_cast<int>(from.size()), static_cast<int>(to.size())));
  }
  static void decode(ByteView from, std::span<std::byte> to) {
    LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()),
                        reinterpret_cast<char*>(to.data()), static_cast<int>(from.size()),
                        static_cast<int>(to.size()));
  }
};

struct Copy {
  static std::size_t encode(ByteView from, std::span<std::byte> to) {
    std::memcpy(to.data(), from.data(), from.size());
    return from.size();
  }
  static void decode(ByteView from, std::span<std::byte> to) {
    std::memcpy(to.data(), from.data(), from.size());
  }
};

// Each byte of every four to a plane of its own.
struct GroupedLz4 {
  std::size_t encode(ByteView from, std::span<std::byte> to) {
    const std::size_t count = from.size() / 4;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t lane = 0; lane < 4; ++lane) grouped[lane * count + i] = from[4 * i + lane];
    return Lz4::encode(std::span(grouped).first(from.size()), to);
  }
  void decode(ByteView from, std::span<std::byte> to) {
    const std::size_t count = to.size() / 4;
    Lz4::decode(from, std::span(grouped).first(to.size()));
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t lane = 0; lane < 4; ++lane) to[4 * i + lane] = grouped[lane * count + i];
  }
  Bytes grouped = Bytes(kBlock);
};

template <class Coder>
Method method_of(const char* name, const std::vector<Bytes>& blocks) {
  auto coder = std::make_shared<Coder>();
  auto room = std::make_shared<Bytes>(2 * kBlock);
  return {.name = name,
          .encode =
              [=, &blocks](std::size_t i) {
                return ByteView(*room).first(coder->encode(blocks[i], *room));
              },
          .decode = [=](std::size_t, ByteView coded,
                        std::span<std::byte> out) { coder->decode(coded, out); }};
}

void combine(ByteView a, ByteView b, std::span<std::byte> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] ^ b[i];
}

// A frame for each plane, after its size.
struct XorZstd {
  using Byte = std::uint8_t;

  std::size_t plane_count() const { return size_bytes_of(type); }
  Byte* plane(std::size_t i, std::size_t count) {
    return reinterpret_cast<Byte*>(planes.data()) + i * count;
  }

  std::size_t encode(ByteView original, ByteView base, std::span<std::byte> to) {
    combine(original, base, std::span(change).first(original.size()));
    const auto* from = reinterpret_cast<const Byte*>(change.data());
    const std::size_t count = original.size() / plane_count();
    Byte* const out[4] = {plane(0, count), plane(1, count), plane(2, count), plane(3, count)};
    const Kernels& kernels = best_kernels();
    if (type == FloatType::Fp32) kernels.split4_swapped(from, count, out);
    if (type == FloatType::Bf16) kernels.split2_swapped(from, count, out[0], out[1]);
    if (type == FloatType::Fp16) kernels.split2(from, count, out[0], out[1]);
    std::size_t written = 0;
    for (std::size_t i = 0; i < plane_count(); ++i) {
      const auto rest = to.subspan(written + sizeof(std::uint32_t));
      const auto size = static_cast<std::uint32_t>(
          zstd.encode(std::span(planes).subspan(i * count, count), rest));
      std::memcpy(&to[written], &size, sizeof size);
      written += sizeof size + size;
    }
    return written;
  }

  void decode(ByteView coded, ByteView base, std::span<std::byte> to) {
    const std::size_t count = to.size() / plane_count();
    for (std::size_t i = 0; i < plane_count(); ++i) {
      const std::uint32_t size = load_u32(coded.data());
      zstd.decode(coded.subspan(sizeof size, size), std::span(planes).subspan(i * count, count));
      coded = coded.subspan(sizeof size + size);
    }
    auto* const out = reinterpret_cast<Byte*>(to.data());
    const Byte* const in[4] = {plane(0, count), plane(1, count), plane(2, count), plane(3, count)};
    const Kernels& kernels = best_kernels();
    if (type == FloatType::Fp32) kernels.join4_swapped(in, count, out);
    if (type == FloatType::Bf16) kernels.join2_swapped(in[0], in[1], count, out);
    if (type == FloatType::Fp16) kernels.join2(in[0], in[1], count, out);
    combine(to, base, to);
  }

  FloatType type;
  Zstd zstd;
  Bytes change = Bytes(kBlock);
  Bytes planes = Bytes(2 * kBlock);
};

}  // namespace

std::vector<Method> other_codecs(const std::vector<Bytes>& blocks) {
  return {method_of<Copy>("memcpy", blocks), method_of<Zstd>("zstd-3", blocks),
          method_of<Lz4>("lz4", blocks), method_of<GroupedLz4>("bg4+lz4", blocks)};
}

Method xor_zstd(FloatType type, const std::vector<Bytes>& bases, const std::vector<Bytes>& blocks) {
  auto coder = std::make_shared<XorZstd>(XorZstd{.type = type});
  auto room = std::make_shared<Bytes>(2 * kBlock);
  return {.name = "xor+zstd-3",
          .encode =
              [=, &bases, &blocks](std::size_t i) {
                return ByteView(*room).first(coder->encode(blocks[i], bases[i], *room));
              },
          .decode = [=, &bases](std::size_t i, ByteView coded,
                                std::span<std::byte> out) { coder->decode(coded, bases[i], out); }};
}

}  // namespace granary::codec
