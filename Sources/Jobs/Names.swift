public import Measures

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
public typealias ServiceID = Identifier<ServiceKind>
/// A tax code of the price list: `standard`.
public typealias TaxID = Identifier<TaxKind>
public typealias DraftID = Identifier<DraftKind>
/// Who sent a command: the broker login, or the account at the control socket.
public typealias ActorID = Identifier<ActorKind>
public typealias AlarmID = Identifier<AlarmKind>
/// The hash that names one immutable version of the configuration.
public typealias RulesVersion = Identifier<RulesKind>
