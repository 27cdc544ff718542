public import Measures

extension Identifier {
  /// An id made of others: a text of allowed characters that may be too long. Where it is, its end gives way
  /// to a hash of the whole, so that two long names never become one.
  public init?(bounded text: String) {
    guard text.utf8.count > 64 else {
      self.init(text)
      return
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let digits = String(hash, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    self.init("\(text.prefix(47)).\(padded)")
  }
}

public enum JobKind {}
public enum PartKind {}
public enum WorkCenterKind {}
public enum EntryKind {}
public enum UsageKind {}
public enum HoldKind {}
public enum CustomerKind {}
public enum OperatorKind {}
public enum RateKind {}
public enum ActivityKind {}
public enum ServiceKind {}
public enum TaxKind {}
public enum DraftKind {}
public enum ActorKind {}
public enum AlarmKind {}
public enum RulesKind {}
public enum CheckKind {}
public enum JobOutcomeKind {}
public enum SourceKind {}

public typealias JobID = Identifier<JobKind>
public typealias PartID = Identifier<PartKind>
public typealias WorkCenterID = Identifier<WorkCenterKind>
public typealias EntryID = Identifier<EntryKind>
public typealias UsageID = Identifier<UsageKind>
public typealias HoldID = Identifier<HoldKind>
public typealias CustomerID = Identifier<CustomerKind>
public typealias OperatorID = Identifier<OperatorKind>
/// A machine rate of the price list: `mk4`.
public typealias RateID = Identifier<RateKind>
/// A labor activity of the price list: `post-processing`.
public typealias ActivityID = Identifier<ActivityKind>
/// A point of the closeout: `photo`.
public typealias CheckID = Identifier<CheckKind>
/// What became of a job: `warranty`.
public typealias JobOutcomeID = Identifier<JobOutcomeKind>
/// Another system that completes jobs: `erp`.
public typealias SourceID = Identifier<SourceKind>
public typealias ServiceID = Identifier<ServiceKind>
/// A tax code of the price list: `standard`.
public typealias TaxID = Identifier<TaxKind>
public typealias DraftID = Identifier<DraftKind>
/// Who sent a command: the broker login, or the account at the control socket.
public typealias ActorID = Identifier<ActorKind>
public typealias AlarmID = Identifier<AlarmKind>
/// The hash that names one immutable version of the configuration.
public typealias RulesVersion = Identifier<RulesKind>
