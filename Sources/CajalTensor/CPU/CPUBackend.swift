enum CPUBackend {
  static let automatic: any Backend = ReferenceBackend()
}
