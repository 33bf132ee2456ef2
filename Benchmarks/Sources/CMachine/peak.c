#define _POSIX_C_SOURCE 200809L

#include "machine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Enough independent chains to cover the latency of an addition and a multiplication (4 to 5
// cycles, two a cycle), few enough to stay in registers beside the two operands.
enum { narrow_chains = 14, wide_chains = 24, rounds = 20000 };

typedef float float4 __attribute__((vector_size(16)));
typedef float float8 __attribute__((vector_size(32)));
typedef float float16 __attribute__((vector_size(64)));

// Multiply-adds `rounds` times through `chains` accumulators. The operands come from memory and
// every lane of the sum goes there, so that the compiler can leave nothing out.
#define DEFINE_LOOP(name, vector, chains)                                 \
  static void name(const float *operands, float *result) {                \
    vector factor = operands[0] - (vector){};                             \
    vector summand = operands[1] - (vector){};                            \
    vector sums[chains];                                                  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++)   \
        sums[i] = summand * (float)i;                                     \
    for (int round = 0; round < rounds; round++) {                        \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) \
          sums[i] = sums[i] * factor + summand;                           \
    }                                                                     \
    vector total = sums[0];                                               \
    _Pragma("clang loop unroll(full)") for (int i = 1; i < chains; i++)   \
        total += sums[i];                                                 \
    memcpy(result, &total, sizeof total);                                 \
  }

DEFINE_LOOP(loop_plain, float4, narrow_chains)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
DEFINE_LOOP(loop_avx2, float8, narrow_chains)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
DEFINE_LOOP(loop_avx512, float16, wide_chains)
#pragma clang attribute pop
#endif

struct worker {
  void (*loop)(const float *operands, float *result);
  double flops_a_call, seconds, rate;
  float operands[2], result[16];
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *work(void *argument) {
  struct worker *worker = argument;
  worker->loop(worker->operands, worker->result);
  const double start = now();
  double elapsed = 0;
  long calls = 0;
  while (elapsed < worker->seconds) {
    worker->loop(worker->operands, worker->result);
    calls++;
    elapsed = now() - start;
  }
  worker->rate = worker->flops_a_call * (double)calls / elapsed;
  return NULL;
}

static struct worker worker_for(enum machine_level level, double seconds) {
  struct worker worker = {.seconds = seconds, .operands = {0.999f, 0.001f}};
  switch (level) {
    case machine_level_plain:
      worker.loop = loop_plain;
      worker.flops_a_call = 2.0 * 4 * narrow_chains * rounds;
      break;
#if defined(__x86_64__)
    case machine_level_avx2:
      if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) break;
      worker.loop = loop_avx2;
      worker.flops_a_call = 2.0 * 8 * narrow_chains * rounds;
      break;
    case machine_level_avx512:
      if (!__builtin_cpu_supports("avx512f")) break;
      worker.loop = loop_avx512;
      worker.flops_a_call = 2.0 * 16 * wide_chains * rounds;
      break;
#endif
    default: break;
  }
  return worker;
}

double machine_peak(enum machine_level level, int threads, double seconds) {
  struct worker example = worker_for(level, seconds);
  if (example.loop == NULL || threads < 1) return 0;
  struct worker *workers = calloc((size_t)threads, sizeof *workers);
  pthread_t *handles = calloc((size_t)threads, sizeof *handles);
  int started = 0;
  double sum = 0;
  if (workers != NULL && handles != NULL) {
    for (; started < threads; started++) {
      workers[started] = example;
      if (pthread_create(&handles[started], NULL, work, &workers[started]) != 0) break;
    }
    for (int i = 0; i < started; i++) {
      pthread_join(handles[i], NULL);
      sum += workers[i].rate;
    }
  }
  free(handles);
  free(workers);
  return sum;
}
