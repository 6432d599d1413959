package io.quorumvault.protocol;

import io.quorumvault.sealing.Contribution;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node answers. A reply that speaks of state leaves only after that state is durable.
public sealed interface Reply {

  /// A vote for the transaction: staged and locked.
  record Yes() implements Reply {}

  /// Another transaction holds a name.
  ///
  /// @param ageMillis for how long, on the answering node's clock
  record Locked(TxId holder, long ageMillis) implements Reply {}

  /// The base is not the head any more; these are newer.
  record Stale(List<Standing> heads) implements Reply {
    public Stale {
      heads = List.copyOf(heads);
    }
  }

  /// The attempt belongs to an epoch that is over.
  record EpochOver(long epoch) implements Reply {}

  /// The node will not vote for it: the caller may not, or the node cannot keep more.
  record Refused(Reason reason) implements Reply {
    /// Why.
    public enum Reason {
      /// The caller's token or the policy does not allow it on this node.
      NOT_ALLOWED,
      /// The node has no room, or no healthy disk.
      NO_ROOM,
      /// The request contradicts what the node knows.
      CONTRADICTION
    }
  }

  record Accepted(Ballot ballot) implements Reply {}

  /// The node has promised a higher ballot, or its epoch is above.
  record Outranked(Ballot floor) implements Reply {}

  /// A promise, with what the node had accepted and what it was told the transaction does.
  record Promise(@Nullable Acceptance accepted, List<Part> parts) implements Reply {
    public Promise {
      parts = List.copyOf(parts);
    }
  }

  /// The transaction is over, with this outcome.
  ///
  /// @param parts what a commit did
  record Settled(Verdict verdict, List<Part> parts) implements Reply {
    public Settled {
      parts = List.copyOf(parts);
    }
  }

  /// The transaction was over everywhere so long ago that it is forgotten. Nothing was changed.
  record Obsolete() implements Reply {}

  /// The outcome is applied here; what had to be destroyed is destroyed.
  record Applied() implements Reply {}

  record Installed() implements Reply {}

  /// The share is not wanted here: the version is not final, not live, or it is another
  /// polynomial's.
  record NotWanted() implements Reply {}

  /// The node is joining: it must not speak.
  record Joining() implements Reply {}

  record Heads(List<Standing> standings) implements Reply {
    public Heads {
      standings = List.copyOf(standings);
    }
  }

  /// How a name stands at one node.
  ///
  /// @param head the newest final entry, null if the node knows none
  /// @param share the node's share of the head, null if not asked for or not held
  /// @param pending transactions whose commit was accepted above the head and that are not final
  ///   here
  record Standing(SecretId id, @Nullable Head head, @Nullable Share share, List<Pending> pending) {
    public Standing {
      pending = List.copyOf(pending);
    }
  }

  record Pending(TxId txId, Ballot ballot, Part part) {}

  /// @param entries newest first
  record Chain(List<Entry> entries) implements Reply {
    public Chain {
      entries = List.copyOf(entries);
    }
  }

  /// @param share null if not held
  record ShareHeld(@Nullable Share share) implements Reply {}

  /// @param complete whether the node knows of no further names
  record Listing(List<Standing> standings, boolean complete) implements Reply {
    public Listing {
      standings = List.copyOf(standings);
    }
  }

  /// @param remembered what this node knew of the asking node before it asked, null for nothing
  record Greeting(long epoch, boolean active, @Nullable Remembered remembered) implements Reply {}

  /// What one node remembers of another: which storage it last had, and the highest start number.
  record Remembered(long life, long start) {}

  /// What one node remembers of a certain other one.
  record Acquaintance(NodeId node, Remembered remembered) {}

  /// The epoch is raised; these are the transactions without outcome here, without shares. The
  /// others, of which there may be any number, are told in settled pages.
  ///
  /// @param open as many as there are locks and promises
  /// @param acquaintances what the node remembers of the others: who loses that, too, could not
  ///   tell a lost disk from a new one
  record Welcome(long epoch, List<TransactionRecord> open, List<Acquaintance> acquaintances)
      implements Reply {
    public Welcome {
      open = List.copyOf(open);
      acquaintances = List.copyOf(acquaintances);
    }
  }

  /// Everything of this coordinator and start up to the counter is finished everywhere.
  record Mark(NodeId coordinator, long start, long counter) {}

  record JoinedPage(List<ChainLink> links, boolean complete) implements Reply {
    public JoinedPage {
      links = List.copyOf(links);
    }
  }

  /// One entry of one name; with the operations if it is the head there.
  record ChainLink(SecretId id, Entry entry, @Nullable Head head) {}

  /// @param marks all there were when the page was read: what is not on it and was settled before
  ///   is below one of them
  record SettledPage(List<TransactionRecord> transactions, List<Mark> marks, boolean complete)
      implements Reply {
    public SettledPage {
      transactions = List.copyOf(transactions);
      marks = List.copyOf(marks);
    }
  }

  record Noted() implements Reply {}

  /// The node shares a seed with each other helper of the circle.
  record Convened() implements Reply {}

  /// @param contribution null if no good share is held
  record Contributed(@Nullable Contribution contribution) implements Reply {}

  /// No answer came: refused, timed out or broken. Made by the asking node itself; says nothing of
  /// what happened there.
  record Unreachable() implements Reply {}
}
