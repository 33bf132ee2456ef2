// The processor features that a level's kernels require: one list for the target attribute and for
// the dispatch.
#pragma once

#if defined(__x86_64__)

// The compiler implies POPCNT from SSE 4.2 on and F16C with AVX-512, so they are listed as well.
#define CAJAL_AVX2_FEATURES(each, then) \
  each("avx2") then each("fma") then each("bmi2") then each("popcnt")

#define CAJAL_AVX512_FEATURES(each, then) \
  CAJAL_AVX2_FEATURES(each, then) then each("f16c") then each("avx512f") then each("avx512vl") \
      then each("avx512dq") then each("avx512bw")

// "first,second,third"
#define CAJAL_FEATURE_NAME(name) name
#define CAJAL_AVX2_TARGET CAJAL_AVX2_FEATURES(CAJAL_FEATURE_NAME, ",")
#define CAJAL_AVX512_TARGET CAJAL_AVX512_FEATURES(CAJAL_FEATURE_NAME, ",")

// Whether this machine has them all. The built-in also checks that the system saves the registers.
#define CAJAL_HAS_FEATURE(name) __builtin_cpu_supports(name)
#define CAJAL_HAS_AVX2 (CAJAL_AVX2_FEATURES(CAJAL_HAS_FEATURE, &&))
#define CAJAL_HAS_AVX512 (CAJAL_AVX512_FEATURES(CAJAL_HAS_FEATURE, &&))

#endif
