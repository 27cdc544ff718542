import Measures
import Metering

/// A day at a scale kept as traces, and metered again from them: what a look back at a run can be worth.
public enum Keeping {
  /// One run, by what its trace is.
  public struct Kept: Sendable {
    public let bytes: Int
    /// How far what is metered from the trace is from what was metered, in thousandths of a division.
    public let off: Int64
    /// The marks come out the same.
    public let isMarkedAlike: Bool
  }

  public static func runs(of day: ScaleDay) -> [Kept] {
    guard let channel = ChannelID("scale/weight") else { return [] }
    let parameters = ScaleParameters(
      division: day.division, maxUseRate: day.maxUseRate, maxAge: .seconds(10))
    let metered = Contender.facts(of: day)
    let traces = traces(of: day, TraceRecorder(channel: channel, parameters: .scale(parameters)), metered)
    return day.runs.indices.compactMap { number in
      guard let run = RunID("R\(number)"), let trace = traces[run] else { return nil }
      let again = facts(of: run, number, in: day, trace, parameters)
      let (then, now) = (verdict(on: run, metered), verdict(on: run, again))
      return Kept(
        bytes: trace.chunks.reduce(0) { $0 + $1.bytes.count },
        off: abs(then.amount - now.amount) * 1000 / day.division.base, isMarkedAlike: then.marks == now.marks)
    }
  }

  /// Kept as the daemon does, which does not stop in this: a gap in the readings looks the same.
  private static func traces(
    of day: ScaleDay, _ recorder: TraceRecorder, _ metered: [Fact]
  ) -> [RunID: Trace] {
    var recorder = recorder
    var isDown = false
    var ends: [(RunID, Int64)] = metered.compactMap { fact in
      if case .settled(_, let run, let at) = fact { (run, at.uptime.milliseconds) } else { nil }
    }
    for step in day.steps {
      let moment = Contender.moment(step.milliseconds)
      while let (run, end) = ends.first, end < step.milliseconds {
        recorder.end(run)
        ends.removeFirst()
      }
      switch step.event {
      case .sample(let mass, let stable) where !isDown:
        recorder.take(
          Reading(
            channel: recorder.channel, at: Contender.moment(step.takenAt),
            value: .weight(mass, stable: stable)))
      case .rejected where !isDown:
        recorder.take(Reading(channel: recorder.channel, at: moment, value: .rejected(.overload)))
      case .opened(let number):
        if let run = RunID("R\(number)") { recorder.begin(run) }
      case .killed: isDown = true
      case .started: isDown = false
      case .sample, .rejected, .closed, .working: break
      }
    }
    recorder.close()
    return recorder.traces
  }

  private static func facts(
    of run: RunID, _ number: Int, in day: ScaleDay, _ trace: Trace, _ parameters: ScaleParameters
  ) -> [Fact] {
    let channel = trace.head.channel
    let points = trace.chunks.flatMap { TraceChunk.points(in: $0.bytes) ?? [] }
    var events: [(at: Int64, event: ScaleDay.Event)] = points.readings(on: channel).compactMap { reading in
      switch reading.value {
      case .weight(let mass, let stable): (reading.at.uptime.milliseconds, .sample(mass, stable: stable))
      case .rejected: (reading.at.uptime.milliseconds, .rejected)
      default: nil
      }
    }
    let last = events.last?.at ?? 0
    for step in day.steps where step.milliseconds <= last + 120_000 {
      switch step.event {
      case .opened(number), .closed(number): events.append((step.milliseconds, step.event))
      case .working: events.append((step.milliseconds, step.event))
      case .sample, .rejected, .opened, .closed, .killed, .started: break
      }
    }
    return facts(run, channel, events.sorted { $0.at < $1.at }, parameters)
  }

  private static func facts(
    _ run: RunID, _ channel: ChannelID, _ events: [(at: Int64, event: ScaleDay.Event)],
    _ parameters: ScaleParameters
  ) -> [Fact] {
    var meter = ScaleMeter(channel: channel, parameters: parameters)
    var facts: [Fact] = []
    var ticked = events.first { if case .working = $0.event { false } else { true } }?.at ?? 0
    for event in events {
      while ticked + 1000 < event.at {
        ticked += 1000
        meter.tick(Contender.moment(ticked), into: &facts)
      }
      let moment = Contender.moment(event.at)
      switch event.event {
      case .sample(let mass, let stable): meter.apply(mass, stable: stable, at: moment, into: &facts)
      case .rejected: meter.reject()
      case .working(let isWorking): meter.note(isWorking: isWorking, at: moment)
      case .opened: meter.charge(Account(run: run), at: moment, into: &facts)
      case .closed: meter.settle(run, at: moment, into: &facts)
      case .killed, .started: break
      }
    }
    for _ in 0..<61 {
      ticked += 1000
      meter.tick(Contender.moment(ticked), into: &facts)
    }
    return facts
  }

  private static func verdict(on run: RunID, _ facts: [Fact]) -> (amount: Int64, marks: Set<Mark>) {
    var verdict = (amount: Int64(0), marks: Set<Mark>())
    for case .segment(let segment) in facts where segment.account.run == run {
      verdict.amount += segment.amount
      verdict.marks.formUnion(segment.marks)
    }
    verdict.marks.remove(.restarted)
    return verdict
  }
}
