import CajalTensor
import Testing

@Suite struct PlanCacheTests {
  private func plan() -> AttentionPlan { AttentionPlan(keyCount: 2, visibleKeys: [[0..<1]]) }

  @Test func aPlanIsCompiledOnce() {
    let cache = PlanCache<Int>()
    let plans = [plan(), plan()]
    var compilations = 0
    for _ in 0..<3 {
      for plan in plans {
        _ = cache.compiled(plan) { _ in
          compilations += 1
          return compilations
        }
      }
    }
    #expect(compilations == 2)
    #expect(plans.map { cache.compiled($0) { _ in 0 } } == [1, 2])
  }

  /// A freed plan is neither kept nor mistaken for another one at its address.
  @Test func whatIsGoneIsForgotten() {
    let cache = PlanCache<Int>()
    for number in 0..<100 { #expect(cache.compiled(plan()) { _ in number } == number) }
    #expect(cache.count == 1)
  }
}
