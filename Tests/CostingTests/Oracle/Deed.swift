import Jobs
import Measures
import Metering

/// What happens in a shop, as a random life has it: the shop floor plays it, and the oracle reckons with it.
enum Deed: Hashable {
  case run(RunDeed)
  case labor(JobID, OperatorID, ActivityID, Span)
  /// Labor that is timed from start to stop.
  case timer(JobID, OperatorID, ActivityID, Span)
  case material(JobID, PartID?, MaterialID, Mass)
  /// Material that is weighed on a bench before its use and after, and what is gone.
  case weighing(JobID, PartID?, MaterialID, Mass)
  case service(JobID, ServiceOrder, Decimal)
  /// An entry that is voided at once.
  case mistake(JobID)

  /// The jobs that it is for.
  var jobs: [JobID] {
    switch self {
    case .run(let run): run.shares.map(\.job)
    case .labor(let job, _, _, _), .timer(let job, _, _, _): [job]
    case .material(let job, _, _, _), .weighing(let job, _, _, _): [job]
    case .service(let job, _, _), .mistake(let job): [job]
    }
  }
}

/// One part at a machine, or several on a plate, from start to stop.
struct RunDeed: Hashable {
  /// How one slice goes over into the next: another segment of one run, or another run.
  enum Seam: CaseIterable { case segment, pause, stop }

  /// What the meters say of a stretch of it.
  struct Slice: Hashable {
    var span: Span
    /// In milligrams.
    var materials: [MaterialID: Int64]
    /// In milliwatt-hours.
    var energy: Int64
  }

  var place: WorkCenterID
  /// One alone, or those on a plate.
  var shares: [PlateShare]
  var slices: [Slice]
  /// Between the slices.
  var seams: [Seam] = []
  var outcome = Outcome.done

  /// All of it, as one slice.
  var whole: Slice {
    slices.reduce(Slice(span: .zero, materials: [:], energy: 0)) { sum, slice in
      Slice(
        span: Span(base: sum.span.base + slice.span.base),
        materials: sum.materials.merging(slice.materials, uniquingKeysWith: +),
        energy: sum.energy + slice.energy)
    }
  }
}
