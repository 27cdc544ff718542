import COpenSSL

/// What a certificate says it is for, to be shown. It is the other side's text: only visible ASCII of it is
/// kept.
enum CertificateNames {
  /// More would fill a log line and help nobody.
  private static let limit = 4
  private static let lengthLimit = 64

  /// The names that count: the host names in it, or where there is none, its common names.
  static func of(_ certificate: OpaquePointer) -> [String] {
    let alternatives = hosts(of: certificate)
    return Array((alternatives.isEmpty ? commonNames(of: certificate) : alternatives).prefix(limit))
  }

  private static func hosts(of certificate: OpaquePointer) -> [String] {
    guard let names = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let stack = OpaquePointer(names)
    defer { GENERAL_NAMES_free(stack) }
    return (0..<max(0, OPENSSL_sk_num(stack))).compactMap { index in
      guard let entry = OPENSSL_sk_value(stack, index) else { return nil }
      var kind: Int32 = 0
      let name = entry.assumingMemoryBound(to: GENERAL_NAME.self)
      guard let value = GENERAL_NAME_get0_value(name, &kind), kind == GEN_DNS else { return nil }
      return visible(value.assumingMemoryBound(to: ASN1_STRING.self))
    }
  }

  private static func commonNames(of certificate: OpaquePointer) -> [String] {
    let subject = X509_get_subject_name(certificate)
    var found: [String] = []
    var index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    while index >= 0, found.count < limit {
      if let text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)) {
        found.append(visible(text))
      }
      index = X509_NAME_get_index_by_NID(subject, NID_commonName, index)
    }
    return found
  }

  private static func visible(_ text: UnsafePointer<ASN1_STRING>) -> String {
    let bytes = UnsafeBufferPointer(
      start: ASN1_STRING_get0_data(text), count: Int(max(0, ASN1_STRING_length(text))))
    let kept = bytes.prefix(lengthLimit).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: kept, as: UTF8.self) + (bytes.count > lengthLimit ? "…" : "")
  }
}
