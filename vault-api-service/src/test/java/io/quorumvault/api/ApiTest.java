package io.quorumvault.api;

import io.helidon.config.mp.MpConfigSources;
import io.helidon.microprofile.testing.AddConfigSource;
import io.quorumvault.api.nodes.StorageNodes;
import jakarta.inject.Inject;
import jakarta.ws.rs.client.WebTarget;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.BeforeEach;

/// A test of the whole server before five fake nodes. Each test finds the nodes sound and uses
/// names of its own.
abstract class ApiTest {
  static final FakeCell CELL = FakeCell.shared();

  private static final AtomicInteger NAMES = new AtomicInteger();

  static {
    ApiServer.prepareJvm();
  }

  @SuppressWarnings("NullAway.Init") // CDI sets them.
  @Inject
  WebTarget target;

  @SuppressWarnings("NullAway.Init")
  @Inject
  StorageNodes nodes;

  @AddConfigSource
  static ConfigSource settings() {
    return MpConfigSources.create(CELL.settings());
  }

  @BeforeEach
  void settle() {
    CELL.settle(nodes);
  }

  /// Where the server is asked.
  URI api() {
    return target.getUri();
  }

  /// As the subject that may do everything in `demo`.
  ApiClient dev() {
    return as(FakeCell.DEV);
  }

  ApiClient as(String subject) {
    return new ApiClient(api(), CELL.issuer().token(subject));
  }

  ApiClient nobody() {
    return dev().without("Authorization");
  }

  /// A name no test used before.
  static String name() {
    return "NAME_" + NAMES.incrementAndGet();
  }

  static String secrets() {
    return "/v1/namespaces/demo/secrets";
  }

  static String secret(String name) {
    return secrets() + "/" + name;
  }

  static String body(String name, String value) {
    return "{\"name\":\"" + name + "\",\"value\":\"" + value + "\"}";
  }

  static String body(String value) {
    return "{\"value\":\"" + value + "\"}";
  }

  /// A secret that exists.
  String existing() {
    String name = name();
    if (dev().post(secrets(), body(name, "v1")).status() != 201) {
      throw new AssertionError("could not create " + name);
    }
    return name;
  }
}
