package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.helidon.security.jwt.jwk.JwkKeys;
import io.quorumvault.VaultFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteKeysTest {
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-01T12:00:00Z"));
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch done = new CountDownLatch(1);
  private final HttpServer server = server();
  private volatile String document = TestIssuer.keySet(TestIssuer.ec("key-1"));
  private volatile int status = 200;
  private volatile boolean dripping;

  @BeforeEach
  void start() {
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    done.countDown();
    server.stop(0);
  }

  @Test
  void keys_are_fetched_at_the_start_and_every_five_minutes() {
    RemoteKeys keys = keys();
    JwkKeys first = keys.current();
    assertTrue(first.forKeyId("key-1").isPresent());
    document = TestIssuer.keySet(TestIssuer.ec("key-2"));
    time.pass(RemoteKeys.REFRESH_INTERVAL.minus(MOMENT));
    assertSame(first, keys.current());
    assertEquals(1, requests.get());
    time.pass(MOMENT);
    assertTrue(keys.current().forKeyId("key-2").isPresent());
    assertTrue(keys.current().forKeyId("key-1").isEmpty());
    assertEquals(2, requests.get());
  }

  @Test
  void the_same_document_is_the_same_keys() {
    RemoteKeys keys = keys();
    JwkKeys first = keys.current();
    time.pass(RemoteKeys.REFRESH_INTERVAL);
    assertSame(first, keys.current());
    assertEquals(2, requests.get());
  }

  @Test
  void an_unknown_key_fetches_at_most_every_ten_seconds() {
    RemoteKeys keys = keys();
    document = TestIssuer.keySet(TestIssuer.ec("key-2"));
    for (int i = 0; i < 100; i++) {
      assertTrue(keys.afterUnknownKey().forKeyId("key-2").isEmpty());
    }
    assertEquals(1, requests.get());
    time.pass(RemoteKeys.UNKNOWN_KEY_INTERVAL);
    for (int i = 0; i < 100; i++) {
      assertTrue(keys.afterUnknownKey().forKeyId("key-2").isPresent());
    }
    assertEquals(2, requests.get());
  }

  @Test
  void tokens_of_a_new_key_are_good_and_those_of_the_old_one_are_not_without_a_restart() {
    TestIssuer before = TestIssuer.ec("key-1");
    TestIssuer after = TestIssuer.ec("key-2");
    document = TestIssuer.keySet(before);
    TokenVerifier verifier =
        new TokenVerifier(TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), keys(), time, 10);
    assertEquals("ann", verifier.verify(before.token(time.instant())).subject());

    // The provider announces the new key beside the old one, signs with it, withdraws the old one.
    document = TestIssuer.keySet(before, after);
    time.pass(RemoteKeys.UNKNOWN_KEY_INTERVAL);
    assertEquals("ann", verifier.verify(after.token(time.instant())).subject());
    document = TestIssuer.keySet(after);
    time.pass(RemoteKeys.REFRESH_INTERVAL);
    assertEquals("ann", verifier.verify(after.token(time.instant())).subject());
    String withdrawn = before.token(time.instant());
    assertThrows(VaultFailure.class, () -> verifier.verify(withdrawn));
  }

  @Test
  void a_failing_fetch_keeps_the_last_good_keys() {
    try (CapturedLog log = new CapturedLog(RemoteKeys.class)) {
      RemoteKeys keys = keys();
      JwkKeys first = keys.current();
      status = 503;
      time.pass(RemoteKeys.REFRESH_INTERVAL);
      assertSame(first, keys.current());
      status = 200;
      document = "{\"keys\": hunter2";
      time.pass(RemoteKeys.REFRESH_INTERVAL);
      assertSame(first, keys.current());
      document = " ".repeat(SigningKeys.DOCUMENT_BYTES_MAX + 1);
      time.pass(RemoteKeys.REFRESH_INTERVAL);
      assertSame(first, keys.current());
      dripping = true;
      time.pass(RemoteKeys.REFRESH_INTERVAL);
      assertSame(first, keys.current());
      dripping = false;
      assertEquals(4, log.lines().size(), log.lines()::toString);
      assertFalse(log.lines().toString().contains("hunter2"));
      document = TestIssuer.keySet(TestIssuer.ec("key-2"));
      time.pass(RemoteKeys.REFRESH_INTERVAL);
      assertNotSame(first, keys.current());
    }
  }

  @Test
  void a_redirect_is_not_followed() {
    status = 302;
    assertThrows(IllegalStateException.class, this::keys);
    assertEquals(1, requests.get());
  }

  @Test
  void a_service_does_not_start_without_keys() {
    document = "hunter2";
    IllegalStateException refusal = assertThrows(IllegalStateException.class, this::keys);
    assertFalse(String.valueOf(refusal.getMessage()).contains("hunter2"));
  }

  private RemoteKeys keys() {
    String location = "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    return assertInstanceOf(RemoteKeys.class, TokenVerifier.keysAt(location, time, time::nanoTime));
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    byte[] body = document.getBytes(UTF_8);
    if (status == 302) {
      exchange.getResponseHeaders().add("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      if (dripping) {
        out.write(body, 0, 1);
        out.flush();
        done.await(1, TimeUnit.MINUTES);
      } else {
        out.write(body);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
