/// What a machine is doing, in one vocabulary for every make.
///
/// `done`, `canceled` and `failed` are how a machine's own cycle ended. They are latched levels: most machines
/// go on reporting them until the next cycle, so only the edge into one means anything.
public enum MachineState: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  case offline, idle, preparing, running, paused, fault
  case done, canceled, failed
  /// No data: neither stopped nor running.
  case unknown

  public var isEnded: Bool { self == .done || self == .canceled || self == .failed }
  /// At work in any sense: a run must not be ended for idleness in these.
  public var isBusy: Bool { self == .preparing || self == .running }
}

/// What a button, wired or wireless, asks for.
public enum ButtonAction: String, Hashable, Sendable, Codable, CaseIterable {
  case start, pause, resume, toggle, stop, complete
}
