import Measures
import Testing

@testable import Metering

@Suite("What is kept of a run's readings")
struct TraceTests {
  private static let parameters = MeterParameters.scale(ScaleParameters(division: Mass(milligrams: 1000)))

  /// A recorder, and every reading it was given.
  private struct Kept {
    var recorder: TraceRecorder
    var readings: [Reading] = []
    let run: RunID

    init(_ channel: String, _ parameters: MeterParameters) throws {
      recorder = TraceRecorder(channel: try Sample.channel(channel), parameters: parameters)
      run = try Sample.run(1)
    }

    mutating func take(_ value: ReadingValue, at milliseconds: Int64) {
      let reading = Reading(
        channel: recorder.channel, at: Sample.moment(milliseconds: milliseconds), value: value)
      readings.append(reading)
      recorder.take(reading)
    }

    mutating func weigh(_ milligrams: Int64, stable: Bool? = true, at milliseconds: Int64) {
      take(.weight(Mass(milligrams: milligrams), stable: stable), at: milliseconds)
    }

    /// Of the run, up to the newest reading.
    func trace() throws -> Trace {
      var recorder = recorder
      recorder.close()
      return try #require(recorder.traces[run])
    }

    func points() throws -> [TracePoint] {
      try trace().chunks.flatMap { try #require(TraceChunk.points(in: $0.bytes)) }
    }
  }

  /// The furthest that a reading lies from the line that stands for it.
  private func deviation(of readings: [Reading], from points: [TracePoint]) -> Int64 {
    var worst: Int64 = 0
    var next = 0
    for reading in readings {
      while next < points.count, points[next].at < reading.at { next += 1 }
      guard next < points.count else { return .max }
      let end = points[next]
      var number = end.value.number
      if end.at != reading.at {
        guard next > 0, let span = end.at.since(points[next - 1].at),
          let age = reading.at.since(points[next - 1].at)
        else { return .max }
        let start = points[next - 1].value.number
        number = start + (end.value.number - start) * age.base / span.base
      }
      worst = max(worst, abs(number - reading.value.number))
    }
    return worst
  }

  @Test(
    "no reading is further from its line than half a division, whatever the scale does", arguments: 0..<20)
  func tolerance(seed: Int) throws {
    var dice = Dice(seed: seed)
    var kept = try Kept("scale/weight", Self.parameters)
    var load: Int64 = 900_000
    let noise = dice.roll(0...3000)
    for index in 0..<5000 {
      // What was read before is as close.
      if index == 500 { kept.recorder.begin(kept.run) }
      load -= dice.roll(0...40)
      if dice.chance(400) { load += dice.roll(-200_000...200_000) }
      kept.weigh(load + dice.roll(-noise...noise), at: Int64(index) * 200)
    }
    let points = try kept.points()
    let trace = try kept.trace()
    #expect(points.reduce(0) { $0 + $1.readings } <= kept.readings.count)
    let first = try #require(points.first?.at)
    #expect(deviation(of: kept.readings.filter { $0.at >= first }, from: points) <= trace.head.tolerance + 1)
    #expect(trace.head.level == 0 ? trace.head.tolerance == 500 : trace.head.tolerance > 500)
    if noise < 100 { #expect(points.count < kept.readings.count / 10) }
  }

  @Test("a run that does not fit is kept coarser, within 64 KiB and what it says of itself")
  func bounded() throws {
    var dice = Dice(seed: 7)
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    for index in 0..<60_000 {
      kept.weigh(900_000 + dice.roll(-9000...9000), stable: dice.chance(2), at: Int64(index) * 200)
    }
    let trace = try kept.trace()
    let bytes = trace.chunks.reduce(0) { $0 + $1.bytes.count }
    #expect(bytes <= 64 * 1024, "\(bytes) bytes")
    #expect(bytes > 4 * 1024, "coarser than there was need for: \(bytes) bytes")
    #expect(trace.head.level > 0)
    #expect(trace.head.tolerance == 500 << Int64(trace.head.level))
    #expect(deviation(of: kept.readings, from: try kept.points()) <= trace.head.tolerance + 1)
  }

  @Test("a quiet scale costs next to nothing")
  func quiet() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    for index in 0..<36_000 { kept.weigh(900_000 - Int64(index), at: Int64(index) * 200) }
    let bytes = try kept.trace().chunks.reduce(0) { $0 + $1.bytes.count }
    // A corner a minute, for two hours.
    #expect(bytes < 1500, "\(bytes) bytes")
    #expect(try kept.points().reduce(0) { $0 + $1.readings } == 36_000, "every reading is accounted for")
  }

  @Test("where nothing was heard, no line is drawn")
  func silence() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    for index in 0..<20 { kept.weigh(900_000, at: Int64(index) * 200) }
    for index in 0..<20 { kept.weigh(890_000, at: 30_000 + Int64(index) * 200) }
    let points = try kept.points()
    #expect(zip(points, points.dropFirst()).map { $1.isJoined(to: $0) } == [true, false, true])
    #expect(points[2].at == Sample.moment(30) && points[2].readings == 1)
  }

  @Test("a word of the device is kept at the very reading: moving, overload, a state")
  func words() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    let values: [ReadingValue] = [
      .weight(Mass(milligrams: 5000), stable: true), .weight(Mass(milligrams: 5000), stable: true),
      .weight(Mass(milligrams: 5000), stable: false), .rejected(.overload), .rejected(.overload),
      .weight(Mass(milligrams: 5000), stable: nil),
    ]
    for (index, value) in values.enumerated() { kept.take(value, at: Int64(index) * 200) }
    #expect(try kept.points().readings(on: kept.recorder.channel) == kept.readings)
  }

  @Test("a machine's states are kept exactly, so that its time comes out the same", arguments: 0..<20)
  func states(seed: Int) throws {
    var dice = Dice(seed: seed)
    var kept = try Kept("mill/run_state", .run(RunParameters(maxAge: .seconds(5))))
    kept.recorder.begin(kept.run)
    var meter = RunMeter(channel: kept.recorder.channel, parameters: RunParameters(maxAge: .seconds(5)))
    var direct: [Fact] = []
    meter.charge(Account(run: kept.run), at: Sample.moment(0), into: &direct)
    var state = MachineState.idle
    var at: Int64 = 0
    for _ in 0..<3000 {
      at += dice.chance(200) ? dice.roll(3000...40_000) : dice.roll(190...210)
      if dice.chance(30) { state = [.idle, .running, .paused, .fault][Int(dice.roll(0...3))] }
      kept.take(dice.chance(100) ? .rejected(.noReply) : .state(state), at: at)
    }
    #expect(try kept.trace().head.level == 0)
    for reading in kept.readings { feed(reading, to: &meter, into: &direct) }
    var again = RunMeter(channel: kept.recorder.channel, parameters: RunParameters(maxAge: .seconds(5)))
    var replayed: [Fact] = []
    again.charge(Account(run: kept.run), at: Sample.moment(0), into: &replayed)
    for reading in try kept.points().readings(on: kept.recorder.channel) {
      feed(reading, to: &again, into: &replayed)
    }
    func spans(_ facts: [Fact]) -> [MachineState: Span] {
      facts.reduce(into: [:]) { sums, fact in
        if case .stretch(let stretch) = fact { sums[stretch.state, default: .zero] += stretch.span ?? .zero }
      }
    }
    #expect(spans(direct) == spans(replayed))
    #expect(!direct.isEmpty)
  }

  private func feed(_ reading: Reading, to meter: inout RunMeter, into facts: inout [Fact]) {
    var any = Meter.run(meter)
    any.apply(reading, into: &facts)
    if case .run(let fed) = any { meter = fed }
  }

  @Test("what was read in the two minutes before a run is kept with it")
  func before() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    for index in 0..<3000 { kept.weigh(900_000, at: Int64(index) * 200) }
    kept.recorder.begin(kept.run)
    kept.weigh(900_000, at: 600_200)
    let first = try #require(try kept.points().first)
    #expect(first.at <= Sample.moment(480) && first.at >= Sample.moment(300))
    var silent = try Kept("scale/weight", Self.parameters)
    silent.weigh(900_000, at: 0)
    silent.recorder.begin(silent.run)
    silent.weigh(890_000, at: 7_200_000)
    #expect(try silent.points().map(\.at) == [Sample.moment(0), Sample.moment(7200)])
  }

  @Test("only what changed since the last commit is written, and a restart goes on from there")
  func stored() throws {
    var dice = Dice(seed: 3)
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    for index in 0..<6000 { kept.weigh(900_000 + dice.roll(-4000...4000), at: Int64(index) * 200) }
    let trace = try #require(kept.recorder.traces[kept.run])
    let first = try #require(trace.unstored)
    #expect(first.head != nil && first.chunks.count == trace.chunks.count && trace.chunks.count > 1)
    kept.recorder.markStored()
    #expect(kept.recorder.traces[kept.run]?.unstored == nil)
    for index in 6000..<6010 { kept.weigh(900_000 + dice.roll(-4000...4000), at: Int64(index) * 200) }
    let second = try #require(kept.recorder.traces[kept.run]?.unstored)
    #expect(second.head == nil && second.chunks.count == 1)

    let points = try trace.chunks.map { try #require(TraceChunk.points(in: $0.bytes)) }
    let resumed = Trace(trace.head, stored: points)
    #expect(resumed.chunks.map(\.bytes) == trace.chunks.map(\.bytes))
    #expect(resumed.unstored == nil)
  }

  @Test("a clock that is doubted and trusted in turn makes no trace coarser")
  func doubtedClock() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    kept.recorder.begin(kept.run)
    for index in 0..<400 {
      let at = Sample.moment(milliseconds: Int64(index) * 200, isTrusted: index / 10 % 2 == 0)
      kept.recorder.take(
        Reading(
          channel: kept.recorder.channel, at: at,
          value: .weight(Mass(milligrams: 900_000 + Int64(index % 2) * 5000), stable: true)))
    }
    #expect(try kept.trace().head.level == 0)
    #expect(try kept.trace().chunks.count == 40)
  }

  @Test("a run that settles while the next one goes on is kept apart from it")
  func twoRuns() throws {
    var kept = try Kept("scale/weight", Self.parameters)
    let next = try Sample.run(2)
    kept.recorder.begin(kept.run)
    kept.weigh(900_000, at: 0)
    kept.recorder.begin(next)
    kept.weigh(890_000, at: 200)
    kept.recorder.end(kept.run)
    kept.recorder.markStored()
    #expect(kept.recorder.traces[kept.run] == nil, "it is on disk, and over")
    kept.weigh(880_000, at: 400)
    kept.recorder.close()
    #expect(kept.recorder.traces[next]?.chunks.isEmpty == false)
  }

  @Test("a wall clock that is set, and another boot, begin a chunk of their own")
  func clocks() throws {
    var chunk = TraceChunk()
    let start = Sample.moment(100)
    chunk.append(TracePoint(at: start, value: .count(1), readings: 1))
    func moved(wall: Int64, boot: Int = 1) -> TracePoint {
      TracePoint(
        at: Moment(
          boot: boot, uptime: start.uptime + .seconds(1),
          wall: WallTime(milliseconds: start.wall.milliseconds + wall), isWallTrusted: true),
        value: .count(2), readings: 1)
    }
    #expect(chunk.fits(moved(wall: 1000)))
    #expect(!chunk.fits(moved(wall: 3_601_000)))
    #expect(!chunk.fits(moved(wall: 1000, boot: 2)))
  }

  @Test("frozen: these bytes are in databases out there; if this fails, do not change the test")
  func frozen() throws {
    let at = Moment(
      boot: 3, uptime: .milliseconds(1_000_000), wall: WallTime(milliseconds: 1_790_000_000_000),
      isWallTrusted: true)
    let points = [
      TracePoint(at: at, value: .weight(Mass(milligrams: 962_500), stable: true), readings: 1),
      TracePoint(
        at: at.advanced(by: .seconds(60)), value: .weight(Mass(milligrams: 900_000), stable: true),
        readings: 300),
      TracePoint(at: at.advanced(by: .milliseconds(60_200)), value: .rejected(.overload), readings: 1),
    ]
    var chunk = TraceChunk()
    for point in points { chunk.append(point) }
    let bytes: [UInt8] = [
      1, 3, 0x80, 0x89, 0x7A, 0x80, 0xB0, 0x83, 0xC5, 0x98, 0x68, 1, 1, 0, 13,
    ]
    #expect(Array(chunk.bytes.prefix(15)) == bytes)
    #expect(TraceChunk.points(in: chunk.bytes) == points)
    #expect(
      chunk.bytes.suffix(chunk.bytes.count - 15) == Array("weight stable".utf8)[...] + [
        0, 0x88, 0xBF, 0x75, 0xC0, 0xA9, 7, 0xAB, 2, 0xC7, 0xD0, 7, 0x91, 3, 1, 17,
      ] + Array("rejected overload".utf8) + [0, 0xBF, 0xEE, 0x6D])
  }

  @Test("damaged bytes are told, or read as something, but never end the program")
  func damaged() throws {
    var dice = Dice(seed: 11)
    var chunk = TraceChunk()
    for index in 0..<50 {
      chunk.append(
        TracePoint(
          at: Sample.moment(milliseconds: Int64(index) * 200), value: .count(dice.roll(0...1000)), readings: 1
        ))
    }
    for _ in 0..<20_000 {
      var bytes = chunk.bytes
      for _ in 0..<dice.roll(1...4) {
        bytes[Int(dice.roll(0...Int64(bytes.count - 1)))] = UInt8(dice.roll(0...255))
      }
      bytes.removeLast(Int(dice.roll(0...3)))
      if let points = TraceChunk.points(in: bytes), points.count < 1000,
        points.allSatisfy({ $0.readings < 1000 })
      {
        _ = points.readings(on: try Sample.channel("plug/energy"))
      }
    }
    #expect(TraceChunk.points(in: [2, 0, 0, 0]) == nil, "a version of the future")
  }
}
