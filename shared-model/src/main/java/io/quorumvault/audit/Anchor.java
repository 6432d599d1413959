package io.quorumvault.audit;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How far the audit log of a node reaches, as it is remembered elsewhere.
///
/// @param seq of its last record; 0 for a log without any
/// @param hash of that record; zeros for a log without any
public record Anchor(NodeId node, long seq, Bytes hash) {
  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"node\":([0-9]{1,3}),\"seq\":([0-9]{1,15}),\"hash\":\"([0-9a-f]{64})\"\\}");

  public Anchor {
    if (seq < 0 || seq > AuditRecord.SEQ_MAX) {
      throw new IllegalArgumentException("seq (expected: 0 to " + AuditRecord.SEQ_MAX + ")");
    }
    if (hash.length() != AuditRecord.HASH_BYTES) {
      throw new IllegalArgumentException("hash (expected: " + AuditRecord.HASH_BYTES + " bytes)");
    }
  }

  /// Where a log begins that has no record yet.
  public static Anchor beginning(NodeId node) {
    return new Anchor(node, 0, Bytes.copyOf(new byte[AuditRecord.HASH_BYTES]));
  }

  public static Anchor of(AuditRecord last) {
    return new Anchor(last.node(), last.seq(), last.hash());
  }

  /// As it stands in a file of anchors.
  public String line() {
    return "{\"node\":" + node.index() + ",\"seq\":" + seq + ",\"hash\":\"" + hash + "\"}";
  }

  /// The anchor with this line.
  ///
  /// @throws IllegalArgumentException if there is none
  public static Anchor parse(String line) {
    Matcher found = LINE.matcher(line);
    if (!found.matches()) {
      throw new IllegalArgumentException("line (expected: that of an anchor)");
    }
    return new Anchor(
        new NodeId(Integer.parseInt(found.group(1))),
        Long.parseLong(found.group(2)),
        Bytes.copyOf(HexFormat.of().parseHex(found.group(3))));
  }
}
