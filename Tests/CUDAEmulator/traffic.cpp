#include "traffic.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

namespace cuda_emulator {

namespace {

constexpr unsigned sector_bits = 5, page_bits = 21, address_bits = 47;
constexpr std::uint64_t page_sectors = std::uint64_t(1) << (page_bits - sector_bits);

}  // namespace

struct TouchedSectors::Page {
  std::uint64_t read[page_sectors / 64] = {}, written[page_sectors / 64] = {};
};

namespace {

/// The pages that have been touched since the last call of `take`, by their numbers.
TouchedSectors::Page **table = nullptr;
std::map<std::uint64_t, std::shared_ptr<TouchedSectors::Page>> touched;

TouchedSectors::Page *touch(std::uint64_t number) {
  if (table == nullptr) {
    // A place for every page of the host's memory, few of which are ever written.
    void *memory = mmap(
        nullptr, sizeof *table << (address_bits - page_bits), PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    table = static_cast<TouchedSectors::Page **>(memory);
  }
  if (table[number] == nullptr) {
    touched[number] = std::make_shared<TouchedSectors::Page>();
    table[number] = touched[number].get();
  }
  return table[number];
}

/// The bytes of the sectors of a range whose bits are set.
long long bytes(const std::uint64_t *bits, std::uint64_t first, std::uint64_t end) {
  long long count = 0;
  while (first < end) {
    std::uint64_t offset = first % 64, width = std::min(64 - offset, end - first);
    count += __builtin_popcountll(bits[first / 64] >> offset << (64 - width));
    first += width;
  }
  return count << sector_bits;
}

}  // namespace

long long sector_bytes(std::uint64_t address, std::size_t bytes) {
  if (bytes == 0) return 0;
  std::uint64_t last = (address + bytes - 1) >> sector_bits;
  return (long long)(last - (address >> sector_bits) + 1) << sector_bits;
}

void note_access(const void *address, std::size_t bytes, bool writes) {
  if (bytes == 0) return;
  auto first = reinterpret_cast<std::uint64_t>(address);
  std::uint64_t last = (first + bytes - 1) >> sector_bits;
  for (std::uint64_t sector = first >> sector_bits; sector <= last; sector++) {
    TouchedSectors::Page *page = touch(sector / page_sectors);
    std::uint64_t bit = sector % page_sectors;
    (writes ? page->written : page->read)[bit / 64] |= std::uint64_t(1) << (bit % 64);
  }
}

TouchedSectors TouchedSectors::take() {
  TouchedSectors result;
  result.pages.swap(touched);
  for (auto &[number, page] : result.pages) table[number] = nullptr;
  return result;
}

void TouchedSectors::add_to(Traffic &traffic, std::uint64_t address, std::size_t bytes) const {
  if (bytes == 0) return;
  std::uint64_t first = address >> sector_bits, last = (address + bytes - 1) >> sector_bits;
  auto end = pages.upper_bound(last / page_sectors);
  for (auto page = pages.lower_bound(first / page_sectors); page != end; ++page) {
    std::uint64_t start = page->first * page_sectors;
    std::uint64_t low = std::max(first, start) - start;
    std::uint64_t high = std::min(last + 1, start + page_sectors) - start;
    traffic.bytes_read += cuda_emulator::bytes(page->second->read, low, high);
    traffic.bytes_written += cuda_emulator::bytes(page->second->written, low, high);
  }
}

}  // namespace cuda_emulator
