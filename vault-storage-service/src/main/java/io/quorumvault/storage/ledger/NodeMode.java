package io.quorumvault.storage.ledger;

/// Whether a node may speak for what it holds.
///
/// | from | to | when |
/// |---|---|---|
/// | – | `NEW` | the data directory was empty |
/// | `NEW` | `ACTIVE` | no other node remembers an earlier life of this one |
/// | `NEW`, `ACTIVE` | `JOINING` | another node remembers more than this one, or commits were lost |
/// | `JOINING` | `ACTIVE` | the node has learned from its peers what it forgot |
public enum NodeMode {
  NEW,
  JOINING,
  ACTIVE
}
