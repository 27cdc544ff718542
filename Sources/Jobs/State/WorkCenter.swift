public import Measures
public import Metering

/// A work center as it stands.
public struct WorkCenter: Hashable, Sendable, Codable {
  /// The run under way.
  public var run: RunID?
  /// What was paused here and is resumed by the next start.
  public var paused: Work?
  /// The run that ended here last, until its part is completed: what "complete" means when nothing runs.
  public var lastRun: RunID?
  public var machine = MachineState.unknown
  /// Since when the machine has been at rest.
  public var idleSince: Moment?
  public var lastAction: LastAction?
  /// What the machine says it works on, where that may name a job.
  public var task: TaskName?
  /// When the machine was last seen to begin working.
  public var busySince: Moment?
  /// Unattributed usage that is still growing.
  public var openUsages: [UsageID] = []

  public init() {}

  /// Not at work and not in the middle of it. Paused work goes on, and no data says nothing.
  var isAtRest: Bool { !machine.isBusy && machine != .paused && machine != .unknown }
}

/// What was last asked for at a work center, and what came of it: shown where the operator stands.
public struct LastAction: Hashable, Sendable, Codable {
  public let at: Moment
  public let action: String
  public let ok: Bool
  public let code: RefusalCode?
  public let message: String

  public init(at: Moment, action: String, ok: Bool, code: RefusalCode?, message: String) {
    self.at = at
    self.action = action
    self.ok = ok
    self.code = code
    self.message = message
  }
}

/// Something a person should look at, until it is over.
public struct Alarm: Hashable, Sendable, Codable {
  public let kind: String
  public let message: String
  public let since: Moment
}
