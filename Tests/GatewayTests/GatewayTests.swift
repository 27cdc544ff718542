import Testing

/// The daemon as its neighbors see it: one real process after another, for the machine is shared.
@Suite(.serialized) enum GatewayTests {}
