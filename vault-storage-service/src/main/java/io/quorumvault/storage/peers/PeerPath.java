package io.quorumvault.storage.peers;

import io.quorumvault.protocol.Request;
import io.quorumvault.wire.PeerAnswers;
import io.quorumvault.wire.PeerBatch;
import org.jspecify.annotations.Nullable;

/// Which path of a peer a request goes to.
public enum PeerPath {
  PREPARE,
  COMMIT,
  FINISH,
  SETTLE,
  REPAIR,
  RESTORE,
  READ,
  JOIN;

  public static PeerPath of(Request request) {
    return switch (request) {
      case Request.Prepare prepare -> PREPARE;
      case Request.Decide decide -> COMMIT;
      case Request.Takeover takeover -> FINISH;
      case Request.Settle settle -> SETTLE;
      case Request.Forget forget -> SETTLE;
      case Request.Repair repair -> REPAIR;
      case Request.Convene convene -> RESTORE;
      case Request.HandSeed hand -> RESTORE;
      case Request.Contribute contribute -> RESTORE;
      case Request.ReadHeads read -> READ;
      case Request.ReadChain read -> READ;
      case Request.ReadShare read -> READ;
      case Request.ListHeads list -> READ;
      case Request.Hello hello -> JOIN;
      case Request.Join join -> JOIN;
      case Request.JoinPage page -> JOIN;
      case Request.ReadSettled read -> JOIN;
    };
  }

  /// Whether the request may travel in a batch to this path: notices ride along on every one.
  public boolean takes(Request request) {
    return of(request) == SETTLE || of(request) == this;
  }

  /// Whether requests to this path change the receiver's ledger, so that their order matters.
  boolean ordered() {
    return switch (this) {
      case PREPARE, COMMIT, FINISH, SETTLE, REPAIR -> true;
      case RESTORE, READ, JOIN -> false;
    };
  }

  /// Whether short requests to this path have long answers, of which fewer may come than were asked
  /// for.
  public boolean answersAtLength() {
    return switch (this) {
      case RESTORE, READ -> true;
      case PREPARE, COMMIT, FINISH, SETTLE, REPAIR, JOIN -> false;
    };
  }

  Operation on(PeerApi api) {
    return switch (this) {
      case PREPARE -> api::prepare;
      case COMMIT -> api::commit;
      case FINISH -> api::finish;
      case SETTLE -> api::settle;
      case REPAIR -> api::repair;
      case RESTORE -> api::restore;
      case READ -> api::read;
      case JOIN -> api::join;
    };
  }

  /// One of the peer's operations.
  @FunctionalInterface
  interface Operation {
    PeerAnswers ask(PeerBatch batch, @Nullable String requestIds);
  }
}
