// The online softmax of attention, in units of ln 2, so that the exponential is 2^x.
#pragma once

#include "attention.cuh"

/// The softmax of a thread's rows: the largest logit so far, and this thread's part of the sum of
/// the weights relative to it.
///
/// `Place` tells which rows and columns of a tile of logits the thread has: `ROWS` and `COLUMNS` of
/// them, `row(i)` and `column(j)`. Of each row, `LANES` neighboring lanes have the columns.
template <typename Place>
struct SoftmaxRows {
  float largest[Place::ROWS], sum[Place::ROWS];

  /// Begins with the padding keys of the queries of a tile that begins at `row`, of which `rows`
  /// exist.
  __device__ void begin(const int *plan, const cajal_cuda_attention &a, int64 row, int rows) {
#pragma unroll
    for (int i = 0; i < Place::ROWS; i++) {
      int at = Place::row(i);
      float padding = 0;
      if (a.padding_key_counts >= 0 && at < rows) {
        padding = __int_as_float(plan[a.padding_key_counts + row + at]);
      }
      largest[i] = padding > 0 ? 0 : -CAJAL_INFINITY;
      sum[i] = lane_index() % Place::LANES == 0 ? padding : 0;
    }
  }

  /// Turns logits into weights and returns what older weights are to be multiplied with.
  template <typename Logits>
  __device__ void weigh(
      const AttentionPairs &memory, const cajal_cuda_attention &a, Logits &logits,
      float (&factors)[Place::ROWS]) {
#pragma unroll
    for (int i = 0; i < Place::ROWS; i++) {
      float most = largest[i];
#pragma unroll
      for (int j = 0; j < Place::COLUMNS; j++) {
        float &logit = Place::at(logits, i, j);
        bool visible = memory.is_visible(Place::row(i), Place::column(j));
        logit = visible ? logit * (a.scale * LOG2_E) : -CAJAL_INFINITY;
        most = maximum(most, logit);
      }
#pragma unroll
      for (int distance = 1; distance < Place::LANES; distance *= 2) {
        most = maximum(most, __shfl_xor_sync(ALL_LANES, most, distance));
      }
      float reference = most == -CAJAL_INFINITY ? 0 : most;
      factors[i] = exp2f(largest[i] - reference);
      largest[i] = most;
      float added = 0;
#pragma unroll
      for (int j = 0; j < Place::COLUMNS; j++) {
        float weight = exp2f(Place::at(logits, i, j) - reference);
        added += weight;
        if (a.has_dropout) {
          weight *= memory.is_kept(Place::row(i), Place::column(j)) ? a.dropout.scale : 0;
        }
        Place::at(logits, i, j) = weight;
      }
      sum[i] = sum[i] * factors[i] + added;
    }
  }

  /// Adds up the parts of the sums, and returns what the rows of results are to be multiplied with.
  __device__ void finish(float (&factors)[Place::ROWS]) {
#pragma unroll
    for (int i = 0; i < Place::ROWS; i++) {
#pragma unroll
      for (int distance = 1; distance < Place::LANES; distance *= 2) {
        sum[i] += __shfl_xor_sync(ALL_LANES, sum[i], distance);
      }
      factors[i] = sum[i] == 0 ? 0 : 1 / sum[i];
    }
  }

  /// Writes the log-sum-exps of the rows, of which `rows` exist.
  __device__ void write(float *log_sum_exp, int rows) const {
#pragma unroll
    for (int i = 0; i < Place::ROWS; i++) {
      int at = Place::row(i);
      if (lane_index() % Place::LANES != 0 || at >= rows) continue;
      log_sum_exp[at] = (largest[i] + log2f(sum[i])) * LN_2;
    }
  }
};
