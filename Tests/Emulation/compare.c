// Compares the kernels of one level with the plain ones: `compare avx512`. Runs as a usual program,
// and as the only process of an emulated machine (see emulate), which it then switches off.

#define _GNU_SOURCE
#include "compare.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

const struct cajal_kernels *levels[2];

static struct {
  const char *kernel;
  long checks, failures;
  double largest;
} tally;
static int all_failures;

void begin(const char *kernel) {
  if (tally.kernel) {
    printf(
        "%-24s %5ld checks  largest error %.1e  %s\n", tally.kernel, tally.checks, tally.largest,
        tally.failures ? "FAILED" : "ok");
  }
  all_failures += tally.failures;
  tally.kernel = kernel;
  tally.checks = tally.failures = 0;
  tally.largest = 0;
}

int finish(void) {
  begin(NULL);
  return all_failures;
}

enum { PAGE = 4096, MOST_BLOCKS = 64 };
static struct { void *start; size_t size; } blocks[MOST_BLOCKS];
static int block_count;

static void remember(void *start, size_t size) {
  if (!start || block_count == MOST_BLOCKS) {
    puts("out of memory");
    abort();
  }
  blocks[block_count].start = start;
  blocks[block_count++].size = size;
}

#if __has_feature(address_sanitizer)
// The sanitizer guards both ends.
void *guarded(long count, size_t size) {
  void *start = NULL;
  if (posix_memalign(&start, 64, (size_t)count * size) != 0) start = NULL;
  remember(start, 0);
  return start;
}

static void give_back(void *start, size_t size) {
  (void)size;
  free(start);
}
#else
void *guarded(long count, size_t size) {
  size_t bytes = (size_t)count * size, pages = (bytes + PAGE - 1) / PAGE * PAGE + PAGE;
  char *start = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  remember(start == MAP_FAILED ? NULL : start, pages);
  mprotect(start + pages - PAGE, PAGE, PROT_NONE);
  return start + pages - PAGE - bytes;
}

static void give_back(void *start, size_t size) { munmap(start, size); }
#endif

float *scratch(long count) { return guarded((count + 15) / 16 * 16, sizeof(float)); }

void release(void) {
  while (block_count > 0) {
    block_count--;
    give_back(blocks[block_count].start, blocks[block_count].size);
  }
}

uint32_t next_word(void) {
  static uint64_t state = 1;
  state = state * 6364136223846793005 + 1442695040888963407;
  return (uint32_t)(state >> 32);
}

float next_number(float low, float high) {
  return low + (float)(next_word() >> 8) * 0x1p-24f * (high - low);
}

float *numbers(long count, float low, float high) {
  float *x = guarded(count, sizeof *x);
  for (long i = 0; i < count; i++) x[i] = next_number(low, high);
  return x;
}

void copies(const float *x, long count, float *pair[2]) {
  FOR_BOTH_LEVELS(level) {
    pair[level] = guarded(count, sizeof(float));
    memcpy(pair[level], x, (size_t)count * sizeof(float));
  }
}

void results(long count, float *pair[2]) {
  FOR_BOTH_LEVELS(level) {
    pair[level] = guarded(count, sizeof(float));
    for (long i = 0; i < count; i++) pair[level][i] = NAN;
  }
}

void expect_close(float *const pair[2], long count, double tolerance, const char *what, ...) {
  double difference = 0, magnitude = 0, largest = 0;
  int equal = 1;
  for (long i = 0; i < count; i++) {
    double a = pair[0][i], b = pair[1][i];
    if (a == b || (isnan(a) && isnan(b))) {
      if (isfinite(a)) magnitude += a * a;
    } else if (isfinite(a) && isfinite(b)) {
      difference += (b - a) * (b - a);
      magnitude += a * a;
      largest = fmax(largest, fabs(b - a));
    } else {
      equal = 0;
    }
  }
  // The smallest normal number: below it, and where all is 0, errors are absolute.
  double error = sqrt(difference) / fmax(sqrt(magnitude), 0x1p-126);
  tally.checks++;
  if (error > tally.largest) tally.largest = error;
  if (equal && error <= tolerance) return;
  tally.failures++;
  printf("%s ", tally.kernel);
  va_list arguments;
  va_start(arguments, what);
  vprintf(what, arguments);
  va_end(arguments);
  printf(
      ": error %.2e, largest difference %.2e%s\n", error, largest,
      equal ? "" : ", infinities or NaN differ");
}

/// Whether this is the only process of an emulated machine, which may use its ports.
static int owns_machine(void) { return getpid() == 1 && iopl(3) == 0; }

/// Writes to the first serial port and waits for each byte, so that none is lost when the power
/// goes.
static ssize_t write_to_port(void *cookie, const char *bytes, size_t count) {
  (void)cookie;
  enum { DATA = 0x3f8, STATUS = 0x3fd, SENT = 0x40 };
  for (size_t i = 0; i < count; i++) {
    outb((unsigned char)bytes[i], DATA);
    while (!(inb(STATUS) & SENT)) continue;
  }
  return (ssize_t)count;
}

/// Writes the word that Bochs takes as a power switch, once all is printed.
static void switch_off(void) {
  fflush(stdout);
  if (!owns_machine()) return;
  for (const char *p = "Shutdown"; *p; p++) outb((unsigned char)*p, 0x8900);
}

static void stop_at_fault(int signal) {
  printf("%s: stopped by signal %d (an access beyond a buffer?)\n", tally.kernel, signal);
  switch_off();
  _exit(1);
}

int main(int count, char **arguments) {
  const char *names[] = {"plain", "avx2", "avx512", "wide"};
  // The kernel hands its command line's unknown words to the first process.
  const char *wanted = count > 1 ? arguments[count - 1] : "avx512";
  if (owns_machine()) {
    stdout = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_to_port});
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGSEGV, stop_at_fault);
  signal(SIGILL, stop_at_fault);
  signal(SIGBUS, stop_at_fault);
  levels[0] = cajal_kernels_for(cajal_isa_plain);
  printf("\nlevels that this machine runs:");
  for (int i = 0; i < COUNT(names); i++) {
    const struct cajal_kernels *kernels = cajal_kernels_for((enum cajal_isa)i);
    if (kernels) printf(" %s (%ld lanes)", names[i], kernels->lanes);
    if (kernels && strcmp(names[i], wanted) == 0) levels[1] = kernels;
  }
  puts("");
  int failures = 1;
  if (levels[1]) {
    compare_elements();
    compare_rows();
    compare_products();
    compare_attention();
    compare_pixels();
    failures = finish();
    printf("%s and plain: %s\n", wanted, failures ? "DIFFER" : "agree");
  } else {
    printf("%s does not run here\n", wanted);
  }
  switch_off();
  return failures != 0;
}
