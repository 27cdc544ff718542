public import Jobs
public import Measures

/// What one job has of a draft: its lines, and of each tax its part. The parts add up to the draft's tax, to the minor
/// unit.
public struct JobShare: Hashable, Sendable {
  public let job: JobID
  public var lines: [CostLine]
  public var taxes: [TaxSummary]
  /// Deposits and draws of this job that the draft takes off.
  public var applied: [AppliedInstallment] = []

  /// What it comes to, before anything is taken off.
  public var taxInclusive: Money { taxes.reduce(.zero) { $0 + $1.taxable + $1.tax } }

  init(of job: JobID, lines: [CostLine], taxes: [TaxSummary], applied: [AppliedInstallment] = []) {
    self.job = job
    self.lines = lines
    self.taxes = taxes
    self.applied = applied
  }

  /// Splits a draft's taxes: what prices have in them is each job's own, the rest goes by what is taxed.
  ///
  /// Rounded as a running total, so that no minor unit is lost, and none is there twice.
  static func splitting(_ taxes: [TaxSummary], over jobs: [(job: JobID, lines: [CostLine])]) -> [JobShare] {
    var shares = jobs.map { JobShare(of: $0.job, lines: $0.lines, taxes: []) }
    for tax in taxes {
      let lines = shares.map { $0.lines.filter { $0.tax.group == tax.group } }
      let own = lines.map { lines in
        lines.reduce(Money.zero) { sum, line in
          line.taxIncluded.map { sum + $0.amount - line.netAmount } ?? sum
        }
      }
      let weights = lines.map { lines in
        lines.reduce(Money.zero) { $1.taxIncluded == nil ? $0 + $1.netAmount : $0 }
      }
      let parts = (tax.tax - own.reduce(.zero, +)).split(by: weights)
      for index in shares.indices where !lines[index].isEmpty {
        var part = tax
        part.taxable = lines[index].reduce(.zero) { $0 + $1.netAmount }
        part.tax = own[index] + parts[index]
        shares[index].taxes.append(part)
      }
    }
    return shares
  }
}

extension Money {
  /// In proportion, rounded as a running total; the parts add up to the amount exactly. Neither is below zero.
  func split(by weights: [Money]) -> [Money] {
    let total = weights.reduce(Int128(0)) { $0 + Int128($1.base) }
    var sum: Int128 = 0
    var given: Int64 = 0
    return weights.map { weight in
      sum += Int128(weight.base)
      // Half up, as any amount.
      let upTo = Int64(clamping: (2 * Int128(base) * sum + total) / max(1, 2 * total))
      defer { given = upTo }
      return Money(base: upTo - given)
    }
  }
}
