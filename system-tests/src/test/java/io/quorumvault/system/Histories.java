package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.List;

/// What holds for every history.
final class Histories {
  private Histories() {}

  /// Versions count down to 1, each is valid until the moment the next one is, and only the newest
  /// is current and valid without end.
  ///
  /// @param newestFirst as the API lists them
  static void assertTouching(List<JsonObject> newestFirst) {
    for (int i = 0; i < newestFirst.size(); i++) {
      JsonObject version = newestFirst.get(i);
      assertEquals(newestFirst.size() - i, version.getInt("version"));
      assertEquals(i == 0, version.getBoolean("current"));
      Instant validFrom = Instant.parse(version.getString("validFrom"));
      if (i == 0) {
        assertEquals(JsonValue.NULL, version.get("validTo"));
      } else {
        assertEquals(newestFirst.get(i - 1).getString("validFrom"), version.getString("validTo"));
        assertTrue(validFrom.isBefore(Instant.parse(version.getString("validTo"))));
      }
      assertFalse(version.containsKey("value"), "a history shows no values");
    }
  }
}
