import CCajalCUDA
import CajalCUDA
import Foundation
import Testing

/// Every file of kernels compiled by NVRTC itself, without a GPU, where it is installed.
///
/// One at a time, as they write the table of resources where they are told to.
@Suite(.serialized) struct CompilerTests {
  static let nvrtc = try? CUDALibraries.compiler(
    folders: CUDALibraries.folders(of: ProcessInfo.processInfo.environment)
  ).nvrtc

  /// Kernels compile, spill no registers, and occupy what the committed table says.
  @Test(
    .enabled(
      if: nvrtc != nil, "there is no NVRTC; name its folder in CAJAL_CUDA_LIBRARY_PATH"),
    arguments: ["sm_80", "sm_90a", "sm_120"])
  func kernelsCompile(architecture: String) throws {
    let nvrtc = try #require(Self.nvrtc)
    let compiler = KernelCompiler(nvrtc, architecture: architecture)
    var lines: Set<String> = []
    for file in KernelSource.files {
      let (code, log) = try compiler.compileVerbosely(file)
      // Code of a real architecture is an ELF file.
      #expect(code.starts(with: [0x7F] + Array("ELF".utf8)), "\(file.name)")
      let kernels = KernelResources.all(of: file, architecture: architecture, log: log)
      #expect(Set(kernels.map(\.kernel)) == Set(file.kernels), "\(file.name)")
      for kernel in kernels {
        #expect(
          kernel.spilledBytes == 0,
          "\(kernel.kernel) spills \(kernel.spilledBytes) bytes for \(architecture)")
        lines.insert(KernelResourceTable.line(kernel))
      }
    }
    let version = CUDALibraries.version(of: nvrtc)
    guard version == KernelResourceTable.compilerVersion else { return }
    var table = KernelResourceTable()
    if ProcessInfo.processInfo.environment["CAJAL_RENEW_KERNEL_TABLE"] != nil {
      try table.replace(architecture, by: lines)
    }
    let (old, new) = (table.lines(of: architecture), lines)
    #expect(old.subtracting(new).sorted() == [], "\(KernelResourceTable.renewal)")
    #expect(new.subtracting(old).sorted() == [], "\(KernelResourceTable.renewal)")
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

  @Test func resourcesAreReadFromTheLog() throws {
    let source = KernelSource(
      name: "a.cu",
      text: "extern \"C\" __global__ void __launch_bounds__(128, 2) cajal_one(int x) {}\n")
    let log = """
      ptxas info    : Compiling entry function 'cajal_two' for 'sm_90a'
      ptxas info    : Function properties for cajal_two
      ptxas         .     16 bytes stack frame, 12 bytes spill stores, 8 bytes spill loads
      ptxas info    : Used 32 registers, used 0 barriers, 16 bytes cumulative stack size
      ptxas info    : Compiling entry function 'cajal_one' for 'sm_90a'
      ptxas info    : Function properties for cajal_one
      ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
      ptxas info    : Used 129 registers, used 1 barriers, 16896 bytes smem, 528 bytes cmem[0]
      """
    let kernels = KernelResources.all(of: source, architecture: "sm_90a", log: log)
    #expect(kernels.map(\.spilledBytes) == [20, 0])
    // By registers: 136 of them for a thread leave room for 12 warps.
    #expect(
      kernels.map(KernelResourceTable.line) == [
        "cajal_two,sm_90a,32,0,16,256,8,100", "cajal_one,sm_90a,129,16896,0,128,3,18",
      ])
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
