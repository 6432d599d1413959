package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.config.mp.MpConfigSources;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiConfigTest {
  private static final ApiConfig.ServerTls TLS =
      new ApiConfig.ServerTls(Path.of("api.crt"), Path.of("api.key"));

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1"})
  void on_this_machine_callers_need_no_tls(String host) {
    assertEquals(host, new ApiConfig.Listener(host, Optional.empty()).host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "fe80::1", "2001:db8::1"})
  void secrets_do_not_cross_a_network_in_the_clear(String host) {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> new ApiConfig.Listener(host, Optional.empty()));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("server.host: " + host));
    assertEquals(Optional.of(TLS), new ApiConfig.Listener(host, Optional.of(TLS)).tls());
  }

  @ParameterizedTest
  @CsvSource({
    "vault.api.request-timeout, PT1.6S",
    "vault.api.read-attempt-timeout, PT4.9S",
    "vault.api.read-attempt-timeout, PT0.2S",
    "vault.api.connect-timeout, PT0.8S",
    "vault.api.patience, PT4.1S",
    "vault.api.standing-timeout, PT0S"
  })
  void times_that_contradict_each_other_are_refused(String setting, String time) {
    Map<String, String> settings = new HashMap<>(FakeCell.shared().settings());
    assertEquals(Timeouts.DEFAULT, config(settings).timeouts());
    settings.put(setting, time);
    assertThrows(IllegalArgumentException.class, () -> config(settings));
  }

  @Test
  void the_page_is_turned_on_or_off_by_these_two_words_alone() {
    Map<String, String> settings = new HashMap<>(FakeCell.shared().settings());
    assertTrue(config(settings).page());
    settings.put("vault.api.page", "true");
    assertTrue(config(settings).page());
    settings.put("vault.api.page", "false");
    assertFalse(config(settings).page());
    for (String word : List.of("off", "no", "False", "0")) {
      settings.put("vault.api.page", word);
      assertThrows(IllegalArgumentException.class, () -> config(settings), word);
    }
  }

  private static ApiConfig config(Map<String, String> settings) {
    return ApiConfig.from(
        ConfigProviderResolver.instance()
            .getBuilder()
            .withSources(MpConfigSources.create(settings))
            .build());
  }
}
