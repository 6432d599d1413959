package io.quorumvault.simulation;

import static io.quorumvault.simulation.Stage.A;
import static io.quorumvault.simulation.Stage.B;
import static io.quorumvault.simulation.Stage.C;
import static io.quorumvault.simulation.Stage.NAME;
import static io.quorumvault.simulation.Stage.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.quorumvault.Limits;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteResult;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OperationBoundTest {
  private final Stage stage = new Stage(3, 2);

  private WriteResult update(Instant when) {
    Stage.Talk<WriteResult> write =
        stage
            .write(A, stage.order(WriteKind.UPDATE, stage.operationId(), when, NAME), 5)
            .run(A, B, C);
    write.deliverRest(A, B, C);
    return write.result().orElseThrow();
  }

  @Test
  void one_outcome_too_many_is_refused_and_none_is_forgotten_early() {
    // The create remembers the first.
    Stage.Draft _ = stage.create(A, NAME).committedAt(A, B, C);
    for (int remembered = 1; remembered < Limits.OPERATIONS_PER_NAME_MAX; remembered++) {
      assertInstanceOf(WriteResult.Applied.class, update(NOON));
    }

    WriteResult.Rejected refused = assertInstanceOf(WriteResult.Rejected.class, update(NOON));
    assertEquals(WriteResult.Rejected.Cause.TOO_MANY_OPERATIONS, refused.cause());

    // Once they may be forgotten there is room.
    assertInstanceOf(WriteResult.Applied.class, update(NOON.plusSeconds(86_400)));
  }
}
