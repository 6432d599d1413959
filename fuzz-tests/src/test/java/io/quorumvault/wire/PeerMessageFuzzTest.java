package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.fuzz.FuzzInput;
import java.util.List;

/// Any bytes as what nodes and API servers send each other.
class PeerMessageFuzzTest {
  static final List<Class<? extends Record>> MESSAGES =
      List.of(
          PeerBatch.class,
          PeerAnswers.class,
          WriteCall.class,
          WriteAnswer.class,
          ReadCall.class,
          ReadAnswer.class,
          HistoryCall.class,
          HistoryAnswer.class,
          ListCall.class,
          ListAnswer.class,
          AuditCall.class,
          AuditAnswer.class,
          DenialCall.class,
          DenialAnswer.class,
          AnchorCall.class,
          AnchorAnswer.class,
          StandingAnswer.class,
          Refusal.class,
          ConditionCall.class,
          ConditionAnswer.class);

  @FuzzTest
  void a_message_is_malformed_or_has_just_this_form(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    int kind = input.choice(256);
    Class<? extends Record> type = MESSAGES.get(kind % MESSAGES.size());
    byte[] form = input.restWithCanary();
    Record message;
    try {
      message = RecordCodec.decode(type, form);
    } catch (MalformedRecordException refused) {
      FuzzInput.assertEchoesNothing(String.valueOf(refused.getMessage()));
      return;
    }
    assertArrayEquals(form, RecordCodec.encode(message));
    assertEquals(message, RecordCodec.decode(type, form));
    if (message instanceof PeerBatch batch) {
      for (PeerBatch.Item item : batch.items()) {
        String token = item.token();
        assertFalse(token != null && token.length() > 8 && item.toString().contains(token));
      }
    }
  }
}
