import CMosquitto

// The callbacks copy and hand over; nothing else. They run inside `read`, `write` and `tick`, on the link's
// thread.
extension Client {
  func setCallbacks() {
    mosquitto_connect_v5_callback_set(rawHandle) { _, context, code, flags, _ in
      Client.from(context)?.note(.accepted(code: UInt8(clamping: code), sessionPresent: flags & 1 == 1))
    }
    mosquitto_disconnect_v5_callback_set(rawHandle) { _, context, code, _ in
      Client.from(context)?.note(.ended(code: code))
    }
    mosquitto_publish_v5_callback_set(rawHandle) { _, context, packet, code, _ in
      Client.from(context)?.note(.published(packet: packet, code: UInt8(clamping: code)))
    }
    mosquitto_subscribe_v5_callback_set(rawHandle) { _, context, packet, count, granted, _ in
      let codes = UnsafeBufferPointer(start: granted, count: granted == nil ? 0 : Int(count))
      Client.from(context)?.note(.subscribed(packet: packet, codes: codes.map { UInt8(clamping: $0) }))
    }
    mosquitto_message_v5_callback_set(rawHandle) { _, context, message, properties in
      guard let message = message?.pointee, let topic = message.topic else { return }
      let payload = UnsafeRawBufferPointer(
        start: message.payload, count: message.payload == nil ? 0 : Int(max(0, message.payloadlen)))
      Client.from(context)?.note(
        .message(
          Message(
            topic: String(cString: topic), payload: [UInt8](payload),
            qos: message.qos == 0 ? .atMostOnce : .atLeastOnce, retained: message.retain,
            responseTopic: PropertyList.string(MQTT_PROP_RESPONSE_TOPIC, in: properties),
            correlationData: PropertyList.binary(MQTT_PROP_CORRELATION_DATA, in: properties),
            contentType: PropertyList.string(MQTT_PROP_CONTENT_TYPE, in: properties))))
    }
    mosquitto_log_callback_set(rawHandle) { _, context, level, text in
      guard level == MOSQ_LOG_ERR, let text else { return }
      Client.from(context)?.noteWords(String(cString: text))
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Client? {
    context.map { Unmanaged<Client>.fromOpaque($0).takeUnretainedValue() }
  }
}
