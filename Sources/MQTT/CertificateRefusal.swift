import COpenSSL

/// Why a broker's certificate was not taken, told so that somebody can do something about it.
struct CertificateRefusal: Sendable, Equatable {
  enum Cause: Sendable, Equatable {
    /// It is not the pinned one.
    case notPinned
    /// It does not carry the name.
    case otherName(wanted: String, carried: [String])
    case expired(String)
    case notYetValid(String)
    /// No authority that is trusted vouches for it; OpenSSL's words.
    case untrusted(String)
    /// Anything else, in OpenSSL's words.
    case other(String)
  }

  var cause: Cause
  /// The SHA-256 of what the broker showed.
  var fingerprint: [UInt8]

  /// As `openssl x509 -fingerprint -sha256` writes it.
  static func text(ofFingerprint bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return byte < 16 ? "0" + digits : digits
    }.joined(separator: ":")
  }

  var sentence: String {
    let shown = Self.text(ofFingerprint: fingerprint)
    switch cause {
    case .notPinned:
      return
        "the broker shows another certificate than the pinned one; if it was replaced on purpose, compare "
        + "this SHA-256 with the broker's own and pin it, or else somebody sits in between (shown: \(shown))"
    case .otherName(let wanted, let carried):
      let names = carried.isEmpty ? "no name" : carried.joined(separator: ", ")
      return
        "the broker's certificate is not for \(wanted) (it carries \(names)); correct the host, or give as "
        + "tls_name the name that the right broker's certificate carries"
    case .expired(let date):
      return
        "the broker's certificate, or one above it, expired at \(date); renew it, or set this machine's clock"
    case .notYetValid(let date):
      return "the broker's certificate, or one above it, is valid only from \(date); set this machine's clock"
    case .untrusted(let words):
      return "nobody who is trusted vouches for the broker's certificate (\(words)); give its authority as "
        + "ca_file, or compare this SHA-256 with the broker's own and pin it (shown: \(shown))"
    case .other(let words):
      return "the broker's certificate is refused: \(words) (SHA-256 \(shown))"
    }
  }
}

extension TLSContext {
  /// OpenSSL's verification, and the pin before it. Whatever is not understood is refused.
  func judge(_ store: OpaquePointer) -> Bool {
    guard let leaf = X509_STORE_CTX_get0_cert(store) else {
      X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED)
      refusal = CertificateRefusal(cause: .other("there is none"), fingerprint: [])
      return false
    }
    let fingerprint = Self.fingerprint(of: leaf)
    let isValid: Bool
    if let pin {
      guard fingerprint == pin else {
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED)
        refusal = CertificateRefusal(cause: .notPinned, fingerprint: fingerprint)
        return false
      }
      isValid = tls_verify_trusting_only(store, leaf) == 1
    } else {
      isValid = X509_verify_cert(store) == 1
    }
    if !isValid {
      refusal = CertificateRefusal(cause: cause(store, leaf), fingerprint: fingerprint)
    }
    return isValid
  }

  private func cause(_ store: OpaquePointer, _ leaf: OpaquePointer) -> CertificateRefusal.Cause {
    let code = X509_STORE_CTX_get_error(store)
    let words = String(cString: X509_verify_cert_error_string(Int(code)))
    let current = X509_STORE_CTX_get_current_cert(store) ?? leaf
    switch code {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return .otherName(wanted: verifiedName ?? "", carried: CertificateNames.of(leaf))
    case X509_V_ERR_CERT_HAS_EXPIRED: return .expired(Self.text(of: X509_get0_notAfter(current)))
    case X509_V_ERR_CERT_NOT_YET_VALID: return .notYetValid(Self.text(of: X509_get0_notBefore(current)))
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return .untrusted(words)
    default: return .other(words)
    }
  }

  private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
    guard let memory = BIO_new(BIO_s_mem()) else { return "an unknown time" }
    defer { BIO_free(memory) }
    var buffer = [UInt8](repeating: 0, count: 64)
    guard ASN1_TIME_print(memory, time) == 1 else { return "an unknown time" }
    let count = BIO_read(memory, &buffer, Int32(buffer.count))
    return String(decoding: buffer.prefix(Int(max(0, count))), as: UTF8.self)
  }
}
