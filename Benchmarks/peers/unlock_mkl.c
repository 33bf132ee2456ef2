// MKL takes its fastest kernels only on processors that it takes for Intel's. Preloaded, this says
// that any processor is one.
int mkl_serv_intel_cpu_true(void) { return 1; }
