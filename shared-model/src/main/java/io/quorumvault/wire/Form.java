package io.quorumvault.wire;

/// How the values of one Java type stand in CBOR. Forms are immutable and safe for use by several
/// threads.
///
/// `where` names the component in messages; `depth` counts the records and lists around the value.
interface Form {
  void write(CborWriter out, Object value, String where, int depth);

  Object read(CborReader in, String where, int depth);
}
