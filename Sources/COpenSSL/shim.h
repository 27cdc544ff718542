// What OpenSSL offers as macros, which Swift does not see.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// TLS 1.2 at least, no compression, no renegotiation, no buffers held while a connection is idle. 1 on
/// success.
static inline int tls_harden(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The name that the ClientHello asks for (SNI); NULL: none. 1 on success.
static inline int tls_ask_for(const SSL *connection, const char *name) {
  return SSL_set_tlsext_host_name((SSL *)connection, name);
}

/// Verifies as OpenSSL always does, name, dates and purpose included, but with `certificate` as the only one
/// that is trusted, be it self-signed or not. 1 when it holds.
static inline int tls_verify_trusting_only(X509_STORE_CTX *store, X509 *certificate) {
  STACK_OF(X509) *trusted = sk_X509_new_null();
  int result = 0;
  if (trusted != NULL && sk_X509_push(trusted, certificate) > 0) {
    X509_STORE_CTX_set0_trusted_stack(store, trusted);
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(store), X509_V_FLAG_PARTIAL_CHAIN);
    result = X509_verify_cert(store);
    X509_STORE_CTX_set0_trusted_stack(store, NULL);
  } else {
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
  }
  sk_X509_free(trusted);
  return result;
}
