import CMosquitto

extension LinkSettings {
  /// What is wrong with the settings, as a sentence, or nil. `Link.init` throws it; a configuration check
  /// can ask without a broker.
  public var fault: String? {
    if name.isEmpty { return "the link has no name" }
    if host.isEmpty { return "the host is empty" }
    if host.utf8.contains(0) { return "the host has a NUL" }
    if port == 0 { return "port 0 is not a port" }
    if let fault = TopicName.controlFault(clientID) { return "the client id \(fault)" }
    if clientID.isEmpty { return "the client id is empty" }
    if keepaliveSeconds < 5 { return "keepalive \(keepaliveSeconds) s is below 5 s" }
    if receiveMaximum == 0 { return "receive maximum 0 would receive nothing" }
    if !(1...65_535).contains(inFlightLimit) { return "in-flight limit \(inFlightLimit) is not 1 to 65535" }
    if !(1...3_600_000).contains(patienceMilliseconds) {
      return "a patience of \(patienceMilliseconds) ms is not 1 ms to 1 h"
    }
    if queueLimit < 1 || queueLimitBytes < 1 { return "a queue limit below 1 would send nothing" }
    if [username, password].contains(where: { $0?.utf8.contains(0) ?? false }) {
      return "the user name or the password has a NUL"
    }
    if (password != nil || readPassword != nil) && username == nil {
      return "there is a password but no user name"
    }
    if let fault = will?.fault { return "last will: \(fault)" }
    if let fenceTopic, let fault = TopicName.fault(fenceTopic) { return "fence topic \(fault)" }
    for subscription in subscriptions {
      let filter = subscription.filter
      if filter.isEmpty || filter.utf8.contains(0)
        || mosquitto_sub_topic_check(filter) != MosquittoCode.success
      {
        return "subscription '\(filter)' is not a topic filter"
      }
    }
    if dialect != .five, session != .clean { return "only a clean session can do with MQTT 3.1.1" }
    return tls?.fault
  }
}
