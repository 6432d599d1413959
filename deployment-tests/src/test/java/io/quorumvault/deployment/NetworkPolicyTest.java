package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may talk to what: everything that must, and nothing else.
///
/// A way is written `from > to : port`; what is not one of our workloads is named by its selector.
class NetworkPolicyTest {
  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void nothing_is_let_through_unless_a_policy_says_so(String overlay) {
    NetworkPolicy deny = Manifests.of(overlay).get(NetworkPolicy.class, "default-deny");
    assertEquals(new LabelSelector(), deny.getSpec().getPodSelector());
    assertEquals(Set.of("Ingress", "Egress"), Set.copyOf(deny.getSpec().getPolicyTypes()));
    assertTrue(deny.getSpec().getIngress().isEmpty());
    assertTrue(deny.getSpec().getEgress().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void nodes_are_reached_by_nodes_and_api_servers_alone_and_api_servers_by_callers(String overlay) {
    List<NetworkPolicy> policies = Manifests.of(overlay).all(NetworkPolicy.class);
    assertEquals(
        Set.of(
            "node > node : 8443",
            "api > node : 8443",
            "namespace{quorumvault.io/callers=allowed} > api : 8443"),
        ways(Manifests.of(overlay), policies, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void pods_reach_nodes_names_and_the_issuer_and_nothing_else(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    Set<String> expected = new TreeSet<>(Set.of("node > node : 8443", "api > node : 8443"));
    for (String pod : List.of("node", "api")) {
      expected.add(
          pod + " > namespace{kubernetes.io/metadata.name=kube-system}{k8s-app=kube-dns} : 53");
      if (overlay.equals("prod")) {
        expected.add(pod + " > 192.0.2.10/32 : 443");
      }
    }
    assertEquals(expected, ways(manifests, manifests.all(NetworkPolicy.class), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitoring"})
  void the_collector_reaches_where_metrics_are(String overlay) {
    String collector =
        "namespace{kubernetes.io/metadata.name=monitoring}{app.kubernetes.io/name=prometheus}";
    List<NetworkPolicy> policies = Manifests.of(overlay).all(NetworkPolicy.class);
    assertEquals(
        Set.of(collector + " > node : 8443", collector + " > api : 9443"),
        ways(Manifests.of("prod"), policies, true));
    assertEquals(Set.of(), ways(Manifests.of("prod"), policies, false));
  }

  private static Set<String> ways(
      Manifests manifests, List<NetworkPolicy> policies, boolean ingress) {
    Set<String> ways = new TreeSet<>();
    for (NetworkPolicy policy : policies) {
      List<String> pods = manifests.selected(labels(policy.getSpec().getPodSelector()));
      assertFalse(pods.isEmpty(), policy.getMetadata().getName());
      assertTrue(
          policy.getSpec().getPolicyTypes().contains("Ingress")
              || policy.getSpec().getIngress().isEmpty());
      assertTrue(
          policy.getSpec().getPolicyTypes().contains("Egress")
              || policy.getSpec().getEgress().isEmpty());
      if (ingress) {
        policy
            .getSpec()
            .getIngress()
            .forEach(rule -> add(ways, manifests, rule.getFrom(), pods, rule.getPorts(), true));
      } else {
        policy
            .getSpec()
            .getEgress()
            .forEach(rule -> add(ways, manifests, rule.getTo(), pods, rule.getPorts(), false));
      }
    }
    return ways;
  }

  private static void add(
      Set<String> ways,
      Manifests manifests,
      List<NetworkPolicyPeer> peers,
      List<String> pods,
      List<NetworkPolicyPort> ports,
      boolean ingress) {
    // No peer, or no port, would be every one.
    assertFalse(peers.isEmpty());
    assertFalse(ports.isEmpty());
    for (NetworkPolicyPeer peer : peers) {
      for (String other : names(manifests, peer)) {
        for (String pod : pods) {
          for (NetworkPolicyPort port : ports) {
            ways.add(
                (ingress ? other + " > " + pod : pod + " > " + other)
                    + " : "
                    + port.getPort().getIntVal());
          }
        }
      }
    }
  }

  private static List<String> names(Manifests manifests, NetworkPolicyPeer peer) {
    if (peer.getIpBlock() != null) {
      return List.of(peer.getIpBlock().getCidr());
    }
    if (peer.getNamespaceSelector() != null) {
      return List.of(
          "namespace"
              + text(labels(peer.getNamespaceSelector()))
              + (peer.getPodSelector() == null ? "" : text(labels(peer.getPodSelector()))));
    }
    List<String> selected = manifests.selected(labels(peer.getPodSelector()));
    assertFalse(selected.isEmpty());
    return selected;
  }

  private static Map<String, String> labels(LabelSelector selector) {
    assertTrue(selector.getMatchExpressions().isEmpty());
    Map<String, String> labels = selector.getMatchLabels();
    return labels == null ? Map.of() : labels;
  }

  private static String text(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
