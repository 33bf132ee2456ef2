import CajalTensor
import Testing

@testable import CajalTraining

/// The record of what computed a run.
@Suite struct RunDeviceTests {
  @Test func devicesAreListedWhereTheyChange() {
    let (cpu, reference) = (Device.cpu, Device.reference)
    var devices = [RunDevice]().continued(on: cpu, from: 0)
    #expect(devices == [RunDevice(cpu, from: 0)])
    devices = devices.continued(on: cpu, from: 5)
    #expect(devices == [RunDevice(cpu, from: 0)])
    devices = devices.continued(on: reference, from: 7)
    #expect(devices == [RunDevice(cpu, from: 0), RunDevice(reference, from: 7)])
    // Steps after the checkpoint of step 6 are made again.
    #expect(devices.continued(on: cpu, from: 6) == [RunDevice(cpu, from: 0)])
    #expect(
      devices.continued(on: cpu, from: 9).map(\.firstStep) == [0, 7, 9])
    #expect(devices.continued(on: cpu, from: 0) == [RunDevice(cpu, from: 0)])
  }

  @Test func changesAreSaid() {
    let event = TrainingEvent.changedDevice(from: "cpu", to: "cuda:0 in bfloat16")
    #expect(event.line() == "continuing on cuda:0 in bfloat16; the steps before were made on cpu")
    var device = RunDevice(.cpu, from: 3)
    #expect("\(device)" == Device.cpu.name)
    device.precision = .tf32
    #expect("\(device)" == Device.cpu.name + " in tf32")
  }
}
