package io.quorumvault.erasure;

/// Why a signature of a receipt does not count.
public enum ReceiptFlaw {
  DUPLICATE("is there twice"),
  STRANGER("is no node of this cell, which has fewer"),
  UNREADABLE("shows something that is no certificate"),
  UNTRUSTED("shows a certificate that none of the authorities vouches for"),
  OUTDATED("shows a certificate that was not valid when it signed"),
  FOREIGN("shows a certificate that is not the one of this node of this cell"),
  ALTERED("did not sign this: the receipt is not what it was");

  private final String told;

  ReceiptFlaw(String told) {
    this.told = told;
  }

  /// The rest of a sentence about the node. Nothing that stands in the receipt.
  public String told() {
    return told;
  }
}
