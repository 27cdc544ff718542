internal import Metering

/// Which work center a channel or a button belongs to. Where a configuration names one twice, the first in
/// the order of names has it: a dictionary's own order would differ from run to run.
struct Wiring: Hashable, Sendable {
  private(set) var placeOfChannel: [ChannelID: WorkCenterID] = [:]
  private(set) var placeOfButton: [DeviceID: WorkCenterID] = [:]

  init(_ rules: Rules?) {
    for (place, rules) in (rules?.workCenters ?? [:]).sorted(by: { $0.key > $1.key }) {
      for channel in rules.cumulativeChannels { placeOfChannel[channel] = place }
      if let channel = rules.runState { placeOfChannel[channel] = place }
      for button in rules.buttons { placeOfButton[button] = place }
    }
  }
}
