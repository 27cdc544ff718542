import Metering

/// The evidence of the runs that are open or settle: what was read for them, channel by channel.
struct Traces: Sendable {
  private var recorders: [ChannelID: TraceRecorder] = [:]

  init(meters: [ChannelID: Meter]) {
    for meter in meters.values {
      for channel in Self.channels(of: meter.channel) {
        recorders[channel] = TraceRecorder(channel: channel, parameters: meter.parameters)
      }
    }
  }

  /// What is read for a meter: of a machine also how long it says it has run.
  static func channels(of channel: ChannelID) -> [ChannelID] {
    channel.kind == .runState ? [channel, ChannelID(channel.device, .runningTime)] : [channel]
  }

  mutating func take(_ reading: Reading) { recorders[reading.channel]?.take(reading) }

  mutating func begin(_ run: RunID, on channel: ChannelID) {
    for channel in Self.channels(of: channel) { recorders[channel]?.begin(run) }
  }

  mutating func end(_ run: RunID, on channel: ChannelID) {
    for channel in Self.channels(of: channel) { recorders[channel]?.end(run) }
  }

  /// What a restart found on disk of a run that goes on.
  mutating func resume(_ run: RunID, _ trace: Trace) { recorders[trace.head.channel]?.resume(run, trace) }

  /// A configuration was taken over: channels that stay keep what they have, and are read by the new parameters.
  mutating func adopt(_ earlier: Traces) {
    for (channel, recorder) in earlier.recorders { recorders[channel]?.adopt(recorder) }
  }

  /// Nothing is kept of a channel until the next start.
  mutating func leaveOut(_ channel: ChannelID) { recorders[channel] = nil }

  /// Nothing could be stored: only what still goes on is kept for another try.
  mutating func forgetEnded() {
    for index in recorders.indices { recorders.values[index].forgetEnded() }
  }

  /// Everything up to the newest readings is to be stored.
  mutating func close() {
    for index in recorders.indices { recorders.values[index].close() }
  }

  var unstored: [(run: RunID, trace: Trace)] {
    recorders.values.flatMap(\.unstored)
  }

  mutating func markStored() {
    for index in recorders.indices { recorders.values[index].markStored() }
  }
}
