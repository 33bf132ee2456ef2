import Testing

@testable import CajalTensor

@Suite struct OpenBLASTests {
  @Test func aRemedyWhereTheKernelsAreForLesserProcessors() {
    #expect(OpenBLAS.remedy(core: "Zen", for: .avx2) == nil)
    #expect(OpenBLAS.remedy(core: "SkylakeX", for: .avx512) == nil)
    #expect(OpenBLAS.remedy(core: "Prescott", for: .scalar) == nil)
    let remedy = OpenBLAS.remedy(core: "Prescott", for: .avx512)
    #expect(remedy?.contains("Prescott") == true)
    #expect(remedy?.contains("OPENBLAS_CORETYPE=SkylakeX") == true)
    #expect(!OpenBLAS.coreName.isEmpty)
  }
}
