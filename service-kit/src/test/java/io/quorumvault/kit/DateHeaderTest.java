package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DateHeaderTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private final MultivaluedMap<String, Object> headers = new MultivaluedHashMap<>();

  private <T> T context(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> headers));
  }

  @Test
  void an_answer_has_the_date_of_now_also_after_the_clock_was_set_back() {
    ManualTime clock = new ManualTime(NOON);
    DateHeader filter = new DateHeader(clock);
    for (Duration passed : List.of(Duration.ZERO, Duration.ofDays(-1))) {
      clock.pass(passed);
      filter.filter(
          context(ContainerRequestContext.class), context(ContainerResponseContext.class));
      assertEquals(List.of(Date.from(clock.instant())), headers.get(HttpHeaders.DATE));
    }
  }
}
