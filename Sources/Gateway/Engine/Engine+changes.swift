import Configuration
import Costing
import Devices
import Jobs
import Logging
import Measures
import Metering

/// A configuration that was read again, checked, and is offered to the running engine.
struct Reload: Sendable {
  let configuration: Configuration
}

// Links that come and go, and a configuration that is read again.
extension Engine {
  func take(_ change: LinkChange) {
    switch change {
    case .commandsUp: outward.linkUp()
    case .commandsDown: outward.linkDown()
    case .telemetryUp, .telemetryDown: break
    }
  }

  /// Prices, work centers, customers and the time zone change at once; what is wired needs a restart.
  func take(_ reload: Reload, at moment: Moment) {
    let new = reload.configuration
    guard new.version != configuration.version else {
      log.notice("the configuration is unchanged")
      return
    }
    if let reason = restartReason(new) {
      log.error("the configuration was not reloaded: \(reason); restart the daemon to change that")
      return
    }
    if let refusal = openRunRefusal(new.rules) {
      log.error("the configuration was not reloaded: \(refusal)")
      return
    }
    // What a meter that goes has counted still belongs to the work center it was wired to.
    var facts: [Fact] = []
    state.meters.rewire(rules: new.rules, devices: new.devices, at: moment, into: &facts)
    settle(facts)
    dropAbandoned()
    configuration = new
    apply(.configured(new.rules, at: moment))
    settle(unmeteredSettlements(at: moment))
    outward.board.touchEverything()
    log.notice("the configuration is reloaded, version \(new.version)")
  }

  private func restartReason(_ new: Configuration) -> String? {
    var gateway = new.gateway
    // It says when days begin, and nothing is wired by it.
    gateway.timezone = configuration.gateway.timezone
    if gateway != configuration.gateway { return "gateway changed" }
    if new.broker != configuration.broker { return "mqtt changed" }
    if new.brokers != configuration.brokers { return "brokers changed" }
    if new.buses != configuration.buses { return "buses changed" }
    if new.devices != configuration.devices { return "devices changed" }
    return nil
  }

  /// A run is judged by what it started under: its work center's wiring must not change beneath it.
  private func openRunRefusal(_ new: Rules) -> String? {
    let shop = state.books.shop
    let unsettled = shop.runs.rows.values.filter { $0.endedAt != nil && !$0.awaiting.isEmpty }
    let settling = Dictionary(
      unsettled.map { ($0.workCenter, $0.id) }, uniquingKeysWith: { first, _ in first })
    for id in shop.workCenters.ids {
      guard let run = shop.workCenters[id]?.run ?? settling[id], let old = shop.currentRules?.workCenters[id]
      else { continue }
      let now = new.workCenters[id]
      if now?.runState != old.runState || now?.cumulativeChannels != old.cumulativeChannels {
        return "work center \(id) has run \(run) open or settling; end it, wait a minute, and reload again"
      }
    }
    return nil
  }
}
