public import Measures

/// What a run makes: a part of a job, or several on one plate.
public struct Work: Hashable, Sendable, Codable {
  public let job: JobID
  public let part: PartID?
  /// Of a plate all that is on it, what is named above first; empty where there is only that.
  public let plate: [PlateShare]

  public init(job: JobID, part: PartID?, plate: [PlateShare] = []) {
    self.job = job
    self.part = part
    self.plate = plate
  }

  /// Each part that is made, with its share.
  public var shares: [PlateShare] {
    plate.isEmpty ? [PlateShare(job: job, part: part, weight: 1)] : plate
  }

  /// The jobs that it is made for, each once.
  public var jobs: [JobID] {
    var jobs: [JobID] = []
    for share in shares where !jobs.contains(share.job) { jobs.append(share.job) }
    return jobs
  }

  func includes(_ id: JobID, _ part: PartID? = nil) -> Bool {
    shares.contains { $0.job == id && (part == nil || $0.part == part) }
  }
}

/// What one part has of a plate that is made in one run.
public struct PlateShare: Hashable, Sendable, Codable {
  public let job: JobID
  public let part: PartID?
  /// To the weights of the others as its use of time and material is to theirs.
  public let weight: Int64

  public init(job: JobID, part: PartID?, weight: Int64) {
    self.job = job
    self.part = part
    self.weight = weight
  }

  /// Shares are given with up to six decimals.
  public static let decimals = 6
  public var decimal: Decimal { Decimal(significand: Int128(weight), scale: Self.decimals) ?? .zero }
}

/// A share of a whole such that all shares add up to it, to the last unit.
public struct PlateFraction: Hashable, Sendable {
  /// The weights of the shares before it, and with it, of all.
  public let before: Int64
  public let upTo: Int64
  public let all: Int64

  /// Shares that stand side by side, as one; `nil` of none.
  public init?(_ shares: [PlateFraction]) {
    guard let first = shares.first, let last = shares.last else { return nil }
    self.init(before: first.before, upTo: last.upTo, all: first.all)
  }

  init(before: Int64, upTo: Int64, all: Int64) {
    self.before = before
    self.upTo = upTo
    self.all = all
  }

  /// With six decimals; the shares of a plate add up to one.
  public var share: Decimal {
    func upTo(_ weight: Int64) -> Decimal { Decimal(weight).divided(by: Decimal(all), roundedTo: 6) ?? .zero }
    return upTo(self.upTo).subtracting(upTo(before)) ?? .zero
  }

  public func part(of whole: Int64) -> Int64 {
    func share(_ weight: Int64) -> Int64 { Int64(clamping: Int128(whole) * Int128(weight) / Int128(all)) }
    return share(upTo) - share(before)
  }
}

extension Work {
  /// A part and its fraction; of one alone, none.
  public struct Fraction: Hashable, Sendable {
    public let share: PlateShare
    public let fraction: PlateFraction?

    /// Its own of a whole.
    public func own(_ whole: Int64) -> Int64 { fraction?.part(of: whole) ?? whole }
  }

  public var fractions: [Fraction] {
    let all = plate.reduce(Int64(0)) { $0 + $1.weight }
    var before: Int64 = 0
    return shares.map { share in
      defer { before += share.weight }
      guard !plate.isEmpty, all > 0 else { return Fraction(share: share, fraction: nil) }
      return Fraction(
        share: share, fraction: PlateFraction(before: before, upTo: before + share.weight, all: all))
    }
  }

  /// What a job has of a whole.
  func part(of whole: Int64, for job: JobID) -> Int64 {
    fractions.reduce(0) { sum, item in
      item.share.job == job ? sum + item.own(whole) : sum
    }
  }
}
