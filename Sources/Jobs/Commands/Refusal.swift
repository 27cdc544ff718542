public import Metering

/// Why a command was not carried out; the codes of the public contract.
public enum RefusalCode: String, Hashable, Sendable, Codable, CaseIterable {
  case malformed
  case tooLarge = "too_large"
  case retained, expired
  case idReused = "id_reused"
  case unknownVerb = "unknown_verb"
  case unknownJob = "unknown_job"
  case unknownPart = "unknown_part"
  case unknownWorkCenter = "unknown_work_center"
  case unknownCustomer = "unknown_customer"
  case unknownMaterial = "unknown_material"
  case unknownScale = "unknown_scale"
  case unknownService = "unknown_service"
  case unknownActivity = "unknown_activity"
  case unknownDraft = "unknown_draft"
  case unknownUsage = "unknown_usage"
  case unknownRun = "unknown_run"
  case unknownEntry = "unknown_entry"
  case unknownHold = "unknown_hold"
  case invalidArgument = "invalid_argument"
  case ambiguous
  case alreadyExists = "already_exists"
  case alreadyRunning = "already_running"
  case notRunning = "not_running"
  case wrongState = "wrong_state"
  case notStable = "not_stable"
  case unavailable
}

/// A refusal: a code for programs and a sentence for people.
public struct Refusal: Error, Hashable, Sendable, Codable {
  public let code: RefusalCode
  public let message: String

  public init(_ code: RefusalCode, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// What an accepted command brought about: the `result` of its reply. Absent fields are left out.
public struct Receipt: Hashable, Sendable, Codable {
  public var job: JobID?
  public var part: PartID?
  public var workCenter: WorkCenterID?
  public var run: RunID?
  public var entry: EntryID?
  public var hold: HoldID?
  public var usages: [UsageID]?
  /// A draft's id, or what it waits for: `settling`, `held`.
  public var draft: String?
  public var state: ProductionState?
  /// How many drafts are sent again.
  public var count: Int?
  /// A sentence, where there is more to say.
  public var message: String?

  public init() {}

  enum CodingKeys: String, CodingKey {
    case job, part, run, entry, hold, usages, draft, state, count, message
    case workCenter = "work_center"
  }
}
