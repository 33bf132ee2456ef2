#include "blas.h"

#include <cstring>

#include "current.h"

// The functions of cuBLASLt; see NVIDIA's documentation of those they are assigned to. Sizes of
// attributes are checked as strictly as there.

namespace cuda_emulator::blas {

static size_t version() { return 130000; }

static const char *status_string(int) { return "a status that the emulator returned"; }

static int create(cajal_blas_handle *handle) {
  if (current == nullptr) return cajal_blas_not_initialized;
  *handle = new cajal_blas_handle_object{current};
  return cajal_blas_success;
}

/// Takes the value of an attribute, if it has the right size.
template <typename Value>
int take(Value &target, const void *value, size_t bytes) {
  if (value == nullptr || bytes != sizeof target) return cajal_blas_invalid_value;
  std::memcpy(&target, value, bytes);
  return cajal_blas_success;
}

template <typename Object>
int destroy(Object *object) {
  delete object;
  return cajal_blas_success;
}

static int create_operation(cajal_blas_operation *operation, int compute_type, int scale_type) {
  *operation = new cajal_blas_operation_object{{compute_type, scale_type}};
  return cajal_blas_success;
}

static int set_operation(cajal_blas_operation object, int attribute, const void *value, size_t n) {
  Operation &operation = object->operation;
  switch (attribute) {
    case cajal_blas_operation_transpose_a: return take(operation.transposes[0], value, n);
    case cajal_blas_operation_transpose_b: return take(operation.transposes[1], value, n);
    case cajal_blas_operation_epilogue: return take(operation.epilogue, value, n);
    case cajal_blas_operation_bias: return take(object->bias, value, n);
    default: return cajal_blas_invalid_value;
  }
}

static int create_layout(
    cajal_blas_layout *layout, int type, uint64_t rows, uint64_t columns, int64_t stride) {
  *layout = new cajal_blas_layout_object{{type, rows, columns, stride}};
  return cajal_blas_success;
}

static int set_layout(cajal_blas_layout object, int attribute, const void *value, size_t bytes) {
  switch (attribute) {
    case cajal_blas_layout_batch: return take(object->layout.batch, value, bytes);
    case cajal_blas_layout_batch_stride: return take(object->layout.batch_stride, value, bytes);
    default: return cajal_blas_invalid_value;
  }
}

static int create_preference(cajal_blas_preference *preference) {
  *preference = new cajal_blas_preference_object();
  return cajal_blas_success;
}

static int set_preference(
    cajal_blas_preference object, int attribute, const void *value, size_t bytes) {
  switch (attribute) {
    case cajal_blas_preference_workspace_bytes: return take(object->workspace_bytes, value, bytes);
    case cajal_blas_preference_reductions: return take(object->reductions, value, bytes);
    case cajal_blas_preference_alignment_a:
    case cajal_blas_preference_alignment_b:
    case cajal_blas_preference_alignment_c:
    case cajal_blas_preference_alignment_d:
      return take(
          object->alignments[(size_t)(attribute - cajal_blas_preference_alignment_a)], value,
          bytes);
    default: return cajal_blas_invalid_value;
  }
}

/// All algorithms that were found, which are told apart by their number.
struct Algorithms {
  std::mutex mutex;
  std::vector<Algorithm> found;
};
static Algorithms &algorithms() {
  static Algorithms *algorithms = new Algorithms();
  return *algorithms;
}

/// What begins the data of every algorithm.
static constexpr uint64_t mark = 0xca1a1;

static int find_algorithm(
    cajal_blas_handle handle, cajal_blas_operation operation, cajal_blas_layout a,
    cajal_blas_layout b, cajal_blas_layout c, cajal_blas_layout d,
    cajal_blas_preference preference, int wanted, cajal_blas_heuristic *found, int *count) {
  require_of_blas(handle->device == current, "the context is another than the handle's");
  require_of_blas(wanted >= 1, "an algorithm is asked for");
  // The others add in an order that is not known, or in less than the sums are computed in.
  require_of_blas(
      preference->reductions == cajal_blas_reduction_in_workspace,
      "parts of sums are added in the workspace");
  std::array<Layout, 4> layouts = {a->layout, b->layout, c->layout, d->layout};
  check(operation->operation, layouts);
  // The library takes the alignment that it expects of a bias from the pointer.
  bool has_bias = (operation->operation.epilogue & cajal_blas_epilogue_bias) != 0;
  require_of_blas(has_bias == (operation->bias != 0), "a bias is there where it is to be added");
  *count = 0;
  {
    std::lock_guard guard(current->mutex);
    current->counts.heuristics++;
    if (current->hides_algorithms) return cajal_blas_not_supported;
  }
  Algorithm algorithm = choose(*operation, layouts, *preference);
  std::lock_guard guard(algorithms().mutex);
  *found = {};
  found->algorithm.data[0] = mark;
  found->algorithm.data[1] = algorithms().found.size();
  found->workspace_bytes = algorithm.workspace_bytes;
  algorithms().found.push_back(algorithm);
  *count = 1;
  return cajal_blas_success;
}

static int multiply(
    cajal_blas_handle handle, cajal_blas_operation operation, const void *alpha,
    cajal_cuda_address a, cajal_blas_layout a_layout, cajal_cuda_address b,
    cajal_blas_layout b_layout, const void *beta, cajal_cuda_address c, cajal_blas_layout c_layout,
    cajal_cuda_address d, cajal_blas_layout d_layout, const cajal_blas_algorithm *algorithm,
    cajal_cuda_address workspace, size_t workspace_bytes, cajal_cuda_stream stream_handle) {
  require_of_blas(handle->device == current, "the context is another than the handle's");
  auto stream = current->find(stream_handle);
  require_of_blas(stream != nullptr, "the stream is one of the context");
  Product product;
  {
    std::lock_guard guard(algorithms().mutex);
    require_of_blas(
        algorithm->data[0] == mark && algorithm->data[1] < algorithms().found.size(),
        "the algorithm was found");
    product.algorithm = algorithms().found[algorithm->data[1]];
  }
  std::array<Layout, 4> layouts = {
    a_layout->layout, b_layout->layout, c_layout->layout, d_layout->layout};
  require_of_blas(
      operation->operation == product.algorithm.operation && layouts == product.algorithm.layouts,
      "the algorithm was found for this operation on these layouts");
  std::memcpy(&product.alpha, alpha, sizeof product.alpha);
  std::memcpy(&product.beta, beta, sizeof product.beta);
  product.addresses = {a, b, c, d};
  product.bias = operation->bias;
  product.workspace = workspace;
  product.workspace_bytes = workspace_bytes;
  check(*current, product);
  {
    std::lock_guard guard(current->mutex);
    current->counts.launches++;
    current->launches.push_back("cublasLtMatmul");
  }
  stream->add([product, device = current] {
    execute(product);
    device->add("cublasLtMatmul", traffic(product));
  });
  return cajal_blas_success;
}

}  // namespace cuda_emulator::blas

struct cajal_cuda_blas cuda_emulator_blas(void) {
  using namespace cuda_emulator::blas;
  cajal_cuda_blas table = {};
  table.cublasLtGetVersion = version;
  table.cublasLtGetStatusString = status_string;
  table.cublasLtCreate = create;
  table.cublasLtDestroy = destroy;
  table.cublasLtMatmulDescCreate = create_operation;
  table.cublasLtMatmulDescDestroy = destroy;
  table.cublasLtMatmulDescSetAttribute = set_operation;
  table.cublasLtMatrixLayoutCreate = create_layout;
  table.cublasLtMatrixLayoutDestroy = destroy;
  table.cublasLtMatrixLayoutSetAttribute = set_layout;
  table.cublasLtMatmulPreferenceCreate = create_preference;
  table.cublasLtMatmulPreferenceDestroy = destroy;
  table.cublasLtMatmulPreferenceSetAttribute = set_preference;
  table.cublasLtMatmulAlgoGetHeuristic = find_algorithm;
  table.cublasLtMatmul = multiply;
  return table;
}

void cuda_emulator_hide_algorithms(int ordinal, int hidden) {
  auto device = cuda_emulator::device(ordinal);
  std::lock_guard guard(device->mutex);
  device->hides_algorithms = hidden != 0;
}
