package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfigSources;
import io.helidon.microprofile.testing.AddConfigSource;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

/// One caller asks without end; everybody else goes on as before.
@HelidonTest
class BusyCallerTest extends ApiTest {
  /// More than the burst of one who may ask once a second, and what is saved up meanwhile.
  private static final int REQUESTS_MAX = 1000;

  @SuppressWarnings("NullAway.Init") // CDI sets it.
  @Inject
  private Admission admission;

  @AddConfigSource
  static ConfigSource rate() {
    return MpConfigSources.create(Map.of("vault.api.caller-requests-per-second", "1"));
  }

  @Test
  void whoever_asks_too_often_is_told_to_wait_and_nobody_else_is() {
    assertEquals(200, dev().get(secrets()).status());
    Reply last = dev().get(secrets());
    for (int i = 0; i < REQUESTS_MAX && last.status() == 200; i++) {
      last = dev().get(secrets());
    }

    assertEquals(429, last.status());
    assertEquals("rate-limited", last.problem());
    assertTrue(last.header("Retry-After").isPresent());
    assertEquals("forbidden", as(FakeCell.READER).get(secrets()).problem());
    assertEquals(200, nobody().get("/v1/status").status());
  }

  @Test
  void a_busy_caller_takes_no_places_away_from_all_others() {
    for (int i = 0; i < REQUESTS_MAX; i++) {
      Reply _ = as(FakeCell.OPENER).get(secrets());
    }

    // A place is left once its answer is on its way.
    Await.until("nobody is under way", () -> admission.underWay() == 0);
    List<Admission.Place> places =
        Stream.generate(admission::enter)
            .limit(Admission.REQUESTS_FIRST)
            .flatMap(Optional::stream)
            .toList();
    places.forEach(place -> place.leave(Admission.End.REFUSED));
    // A slow machine may have been late now and then.
    assertTrue(places.size() > Admission.REQUESTS_FIRST / 2, () -> places.size() + " are left");
  }

  /// CVE-2025-12044: JSON was decoded before the rate limit was looked at.
  @Test
  void whoever_asks_too_often_has_nothing_decoded() {
    ApiClient busy = as("writer");
    Reply last = busy.post(secrets(), "no JSON");
    assertEquals("malformed-json", last.problem());
    for (int i = 0; i < REQUESTS_MAX && last.status() == 400; i++) {
      last = busy.post(secrets(), "no JSON");
    }
    assertEquals("rate-limited", last.problem());
  }

  /// CVE-2025-6004: who was locked out went on under another spelling of the same name.
  @Test
  void another_token_makes_no_other_caller() {
    int number = 0;
    Reply last = with("jti", "" + number).get(secrets());
    assertEquals(200, last.status());
    for (; number < REQUESTS_MAX && last.status() == 200; number++) {
      last = with("jti", "" + number).get(secrets());
    }
    assertEquals("rate-limited", last.problem());
  }

  /// A caller of its own in this class, each time with a token that was never seen.
  private ApiClient with(String claim, String value) {
    return nobody()
        .with(
            "Authorization",
            "Bearer " + CELL.issuer().token(FakeCell.TWIN, claims -> claims.add(claim, value)));
  }
}
