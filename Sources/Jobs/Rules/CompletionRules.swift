public import Measures

/// The job status map: what must be there before a job is complete, what that drafts, and what completes it beside an
/// operator.
public struct CompletionRules: Hashable, Sendable, Codable {
  /// What operators tick off with `job.check`, by its name.
  public var checks: [CheckID: CloseoutCheck]
  /// Before a job is complete, whatever its outcome.
  public var requires: [Requirement]
  /// What `job.complete` may say became of a job.
  public var outcomes: [JobOutcomeID: JobOutcome]
  /// A run that its machine ends as done completes the parts that it made, where one of each is wanted.
  public var runCompletesPart: Bool
  /// The last part that is complete completes its job.
  public var lastPartCompletesJob: Bool
  /// Other systems that may complete a job, each event once.
  public var sources: [SourceID]

  public init(
    checks: [CheckID: CloseoutCheck] = [:], requires: [Requirement] = [],
    outcomes: [JobOutcomeID: JobOutcome] = [:], runCompletesPart: Bool = false,
    lastPartCompletesJob: Bool = true, sources: [SourceID] = []
  ) {
    self.checks = checks
    self.requires = requires
    self.outcomes = outcomes
    self.runCompletesPart = runCompletesPart
    self.lastPartCompletesJob = lastPartCompletesJob
    self.sources = sources
  }
}

/// A point of the closeout that only a person can vouch for.
public struct CloseoutCheck: Hashable, Sendable, Codable {
  /// For people: `Photo of the finished part`.
  public var name: String
  /// Ticking it off names something: where the photo is, the number of the report.
  public var needsReference: Bool

  public init(name: String, needsReference: Bool = false) {
    self.name = name
    self.needsReference = needsReference
  }
}

/// What became of a job, and so what is billed of it.
public struct JobOutcome: Hashable, Sendable, Codable {
  public var id: JobOutcomeID
  /// Of these kinds; `nil`: all of it. A setup goes with its machine.
  public var lines: [LineKind]?
  /// Beside what every job requires.
  public var requires: [Requirement]

  public init(id: JobOutcomeID, lines: [LineKind]? = nil, requires: [Requirement] = []) {
    self.id = id
    self.lines = lines
    self.requires = requires
  }

  public func bills(_ kind: LineKind) -> Bool { lines?.contains(kind) ?? true }
}

/// Something that a job needs before it is complete.
public enum Requirement: Hashable, Sendable, Codable {
  /// Of any length.
  case labor
  /// Some of it, used at a machine, noted, weighed, or put on the job from what was nobody's.
  case material
  /// A run of a machine, or time of one that was nobody's.
  case machine
  case service
  /// Every part was completed by itself.
  case parts
  case orderRef
  case poNumber
  case check(CheckID)
}
