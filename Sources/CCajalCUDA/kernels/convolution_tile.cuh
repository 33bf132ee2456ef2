// Operands of convolutions as matrix products, read in place.
//
// A row of a patch matrix is what one position sees: for each tap of the kernel the channels of a
// group at a position of the source, zeros outside of it.
#pragma once

#include "sliced_sums.cuh"

/// The summed elements of a part, of `inner` that are cut into `parts`: a multiple of 16 but for
/// the last ones, so that 16-byte accesses stay possible. The last parts may be empty.
struct SummedPart {
  int start, count;

  __device__ SummedPart(int inner, int parts, int part) {
    int length = ((inner + parts - 1) / parts + 15) / 16 * 16;
    start = smaller(part * length, inner);
    count = smaller(length, inner - start);
  }
};

/// A summed element of taps and channels, as three numbers, which go on without divisions.
struct TapChannel {
  int row, column, channel;

  TapChannel() = default;

  __device__ TapChannel(int k, int column_taps, int channels) {
    int tap = k / channels;
    channel = k - tap * channels;
    // A phase of a stride may have no taps, and then nothing is read.
    row = tap / larger(column_taps, 1);
    column = tap - row * column_taps;
  }
  __device__ void advance(int count, int column_taps, int channels) {
    for (channel += count; channel >= channels; channel -= channels) {
      if (++column < column_taps) continue;
      column = 0;
      row++;
    }
  }
};

/// The source of a patch matrix, and the taps that are seen.
struct PatchSource {
  /// Channel 0 of the group at the first position.
  const float *first;
  int rows, columns;
  /// Channels of a position, and of the group.
  int channels, group_channels;
  int row_taps, column_taps;
  /// The position that a tap sees is `start + sign * tap` along each axis.
  int sign;

  __device__ int inner() const { return row_taps * column_taps * group_channels; }
  __device__ bool aligned() const {
    return is_aligned(first) && channels % 4 == 0 && group_channels % 4 == 0;
  }

  /// Element `k` of the row of a position, as taps and channels.
  __device__ TapChannel at(int k) const { return TapChannel(k, column_taps, group_channels); }

  /// An element of the row of a position, whose taps start at `row` and `column` of a picture that
  /// begins at `picture`; null for a zero.
  __device__ const float *element(
      int picture, int row, int column, const TapChannel &at) const {
    row += sign * at.row;
    column += sign * at.column;
    bool exists = row >= 0 && row < rows && column >= 0 && column < columns;
    if (!exists) return nullptr;
    return first + (int64)((picture + row) * columns + column) * channels + at.channel;
  }

  /// Four elements, of which `count` exist.
  __device__ float4 elements(
      int picture, int row, int column, TapChannel at, int count, bool aligned) const {
    if (aligned) {
      const float *address = count > 0 ? element(picture, row, column, at) : nullptr;
      return address != nullptr ? load4(address) : make_float4(0, 0, 0, 0);
    }
    float values[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const float *address = i < count ? element(picture, row, column, at) : nullptr;
      values[i] = address != nullptr ? *address : 0;
      at.advance(1, column_taps, group_channels);
    }
    return make_float4(values[0], values[1], values[2], values[3]);
  }
};

/// Where the positions whose patches are a matrix's rows lie: pictures of `rows` by `columns`.
/// Position (0, 0) sees the source from (`row`, `column`) on, and each next one a stride further.
struct PatchPositions {
  int rows, columns, row, column, row_stride, column_stride;
};

/// A place on an axis of positions, as three numbers.
struct PatchPosition {
  int image, row, column;

  __device__ PatchPosition(const PatchPositions &all, int number) {
    int line = number / all.columns;
    column = number - line * all.columns;
    image = line / all.rows;
    row = line - image * all.rows;
  }
};

/// A tile of positions and elements of what they see, the summed ones.
template <typename Layout_>
struct PatchRowsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;

  /// Positions from `first` on, of which `side` exist, and a part of what they see.
  __device__ PatchRowsTile(
      const PatchSource &source, const PatchPositions &positions, int first, int side,
      const SummedPart &part)
      : source(source), aligned(source.aligned()) {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      PatchPosition position(positions, first + Layout::row(i));
      pictures[i] = position.image * source.rows;
      rows[i] = positions.row + position.row * positions.row_stride;
      columns[i] = positions.column + position.column * positions.column_stride;
      places[i] = source.at(part.start + Layout::depth(i));
      counts[i] = Layout::row(i) < side ? part.count - Layout::depth(i) : 0;
    }
  }

  /// Reads the next step's elements to registers.
  __device__ void next() {
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      values[i] = source.elements(
          pictures[i], rows[i], columns[i], places[i], counts[i], aligned);
      places[i].advance(DEPTH, source.column_taps, source.group_channels);
      counts[i] -= DEPTH;
    }
  }

  /// Writes what was read.
  template <typename Element>
  __device__ void store(Element *tile) const {
    Layout::store(tile, values);
  }

 private:
  const PatchSource &source;
  int pictures[VECTORS], rows[VECTORS], columns[VECTORS], counts[VECTORS];
  TapChannel places[VECTORS];
  float4 values[VECTORS];
  bool aligned;
};

/// A tile of elements of what positions see, and of positions, the summed ones.
template <typename Layout_>
struct PatchColumnsTile {
  using Layout = Layout_;
  static constexpr int VECTORS = Layout::VECTORS, DEPTH = Layout::DEPTH;

  /// Elements from `first` on, and positions `start ..< end`.
  __device__ PatchColumnsTile(
      const PatchSource &source, const PatchPositions &positions, int first, int start, int end)
      : source(source), positions(positions), first(first), number(start), end(end),
        aligned(source.aligned()) {}

  /// Reads the next step's elements to registers.
  __device__ void next() {
    int inner = source.inner();
#pragma unroll
    for (int i = 0; i < VECTORS; i++) {
      int at = number + Layout::depth(i);
      PatchPosition position(positions, at);
      values[i] = source.elements(
          position.image * source.rows,
          positions.row + position.row * positions.row_stride,
          positions.column + position.column * positions.column_stride,
          source.at(first + Layout::column(i)),
          at < end ? inner - first - Layout::column(i) : 0, aligned);
    }
    number += DEPTH;
  }

  /// Writes what was read.
  template <typename Element>
  __device__ void store(Element *tile) const {
    Layout::store(tile, values);
  }

 private:
  const PatchSource &source;
  const PatchPositions &positions;
  int first, number, end;
  float4 values[VECTORS];
  bool aligned;
};
