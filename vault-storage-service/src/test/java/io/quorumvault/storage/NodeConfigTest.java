package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.NodeId;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
  private final Map<String, String> settings =
      new HashMap<>(
          Map.of(
              "vault.cell", "dev",
              "vault.nodes", "3",
              "vault.threshold", "2",
              "vault.node.index", "2",
              "vault.node.data-dir", "/data",
              "vault.peers", "1=https://a:1,2=https://b:2,3=https://c:3",
              "vault.tls.certificate", "/tls/crt",
              "vault.tls.key", "/tls/key",
              "vault.tls.trust", "/tls/ca",
              "vault.policy.file", "/policy.json"));

  @Test
  void what_is_set_is_what_the_node_is() {
    NodeConfig config = NodeConfig.of(config());

    assertEquals(new NodeId(2), config.self());
    assertEquals(2, config.membership().commitQuorum());
    assertEquals(URI.create("https://c:3"), config.peers().get(new NodeId(3)));
    assertTrue(config.repairInBackground());
  }

  @Test
  void background_repair_can_be_turned_off() {
    settings.put("vault.repair.background", "false");
    assertFalse(NodeConfig.of(config()).repairInBackground());
    settings.put("vault.repair.background", "true");
    assertTrue(NodeConfig.of(config()).repairInBackground());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vault.threshold | 4",
        "vault.threshold | 1",
        "vault.threshold | many",
        "vault.nodes | 2",
        "vault.quorum | 1",
        "vault.quorum | 4",
        "vault.node.index | 0",
        "vault.node.index | 4",
        "vault.peers | 1=https://a:1,2=https://b:2",
        "vault.peers | 1=https://a:1,2=https://b:2,2=https://c:3",
        "vault.peers | 1=https://a:1,2=https://b:2,4=https://c:3",
        "vault.peers | 1=http://a:1,2=https://b:2,3=https://c:3",
        "vault.peers | 1=https://a,2=https://b:2,3=https://c:3",
        "vault.timing.lease | PT2S",
        "vault.repair.background | yes",
        "vault.repair.background | False",
        "vault.cell | ' '"
      })
  void an_impossible_or_unsafe_setting_is_refused_by_its_name(String name, String value) {
    settings.put(name, value);

    NodeConfig.Refused refused =
        assertThrows(NodeConfig.Refused.class, () -> NodeConfig.of(config()));

    String group = name.startsWith("vault.timing") ? "vault.timing" : name;
    assertTrue(String.valueOf(refused.getMessage()).contains(group), refused.getMessage());
  }

  @Test
  void a_missing_setting_is_refused_by_its_name() {
    for (String name : Map.copyOf(settings).keySet()) {
      String value = settings.remove(name);
      NodeConfig.Refused refused =
          assertThrows(NodeConfig.Refused.class, () -> NodeConfig.of(config()));
      assertTrue(String.valueOf(refused.getMessage()).contains(name), refused.getMessage());
      settings.put(name, value);
    }
  }

  @Test
  void there_is_no_health_listener_unless_it_has_a_port() {
    assertEquals(Optional.empty(), HealthListener.of(config()));
    settings.put("vault.health.host", "10.0.0.1");
    settings.put("vault.health.port", " ");
    assertEquals(Optional.empty(), HealthListener.of(config()));
    settings.put("vault.health.port", "8081");
    assertEquals(Optional.of(new HealthListener("10.0.0.1", 8081)), HealthListener.of(config()));
    settings.remove("vault.health.host");
    assertEquals(Optional.of(new HealthListener("127.0.0.1", 8081)), HealthListener.of(config()));
  }

  @ParameterizedTest
  @CsvSource({"-1", "65536", "many"})
  void a_health_port_that_is_none_is_refused_by_its_name(String port) {
    settings.put("vault.health.port", port);

    NodeConfig.Refused refused =
        assertThrows(NodeConfig.Refused.class, () -> HealthListener.of(config()));

    assertTrue(String.valueOf(refused.getMessage()).contains("vault.health.port"));
  }

  private Config config() {
    return ConfigProviderResolver.instance().getBuilder().withSources(new Source()).build();
  }

  private final class Source implements ConfigSource {
    @Override
    public java.util.Set<String> getPropertyNames() {
      return settings.keySet();
    }

    @Override
    public @Nullable String getValue(String name) {
      return settings.get(name);
    }

    @Override
    public String getName() {
      return "test";
    }
  }
}
