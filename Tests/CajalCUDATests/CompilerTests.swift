import CCajalCUDA
import CajalCUDA
import Foundation
import Testing

/// Every file of kernels compiled by NVRTC itself, without a GPU, where it is installed.
@Suite struct CompilerTests {
  static let nvrtc = try? CUDALibraries.compiler(
    folders: CUDALibraries.folders(of: ProcessInfo.processInfo.environment)
  ).nvrtc

  @Test(
    .enabled(
      if: nvrtc != nil, "there is no NVRTC; name its folder in CAJAL_CUDA_LIBRARY_PATH"),
    arguments: ["sm_80", "sm_90a", "sm_120"])
  func kernelsCompile(architecture: String) throws {
    let compiler = KernelCompiler(try #require(Self.nvrtc), architecture: architecture)
    for file in KernelSource.files {
      let code = try compiler.compile(file)
      // Code of a real architecture is an ELF file.
      #expect(code.starts(with: [0x7F] + Array("ELF".utf8)), "\(file.name)")
    }
  }

  @Test(.enabled(if: nvrtc != nil)) func mistakesAreQuoted() throws {
    let compiler = KernelCompiler(try #require(Self.nvrtc), architecture: "sm_90")
    let file = KernelSource(name: "wrong.cu", text: "__global__ void f() { g(); }")
    #expect {
      try compiler.compile(file)
    } throws: { error in
      "\(error)".hasPrefix("NVRTC cannot compile wrong.cu for sm_90: ")
        && "\(error)".contains("identifier \"g\" is undefined")
    }
  }

  @Test func kernelsAreFoundByName() {
    let source = KernelSource(
      name: "a.cu",
      text: """
        extern "C" __global__ void cajal_one(int x) {}
        extern "C" __global__ void __launch_bounds__(256) cajal_two(
            int x) {}
        extern "C" __global__ void __launch_bounds__(256, 2) cajal_three(int x) {}
        __device__ void cajal_four() {}
        """)
    #expect(source.kernels == ["cajal_one", "cajal_two", "cajal_three"])
  }
}
