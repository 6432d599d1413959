package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.Issuer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMetricsEndpoint;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever one object says of another is so.
class ReferencesTest {
  private static final String README = Project.text("k8s/README.md");

  private static Container container(PodTemplateSpec template) {
    List<Container> containers = template.getSpec().getContainers();
    assertEquals(1, containers.size());
    return containers.getFirst();
  }

  private static Map<String, Integer> ports(PodTemplateSpec template) {
    Map<String, Integer> ports = new TreeMap<>();
    for (ContainerPort port : container(template).getPorts()) {
      ports.put(port.getName(), port.getContainerPort());
    }
    return ports;
  }

  private static void assertPort(IntOrString port, PodTemplateSpec template) {
    Map<String, Integer> ports = ports(template);
    assertTrue(
        port.getStrVal() == null
            ? ports.containsValue(port.getIntVal())
            : ports.containsKey(port.getStrVal()),
        () -> port + " is none of " + ports);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void a_service_selects_one_workload_and_a_port_of_it(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    List<Service> services = manifests.all(Service.class);
    assertEquals(2, services.size());
    for (Service service : services) {
      List<String> selected = manifests.selected(service.getSpec().getSelector());
      assertEquals(1, selected.size(), service.getMetadata().getName());
      service
          .getSpec()
          .getPorts()
          .forEach(
              port -> assertPort(port.getTargetPort(), template(manifests, selected.getFirst())));
    }
  }

  private static PodTemplateSpec template(Manifests manifests, String workload) {
    PodTemplateSpec template = manifests.templates().get(workload);
    if (template == null) {
      throw new AssertionError("no workload " + workload);
    }
    return template;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void nodes_are_named_by_a_headless_service_also_before_they_are_ready(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    StatefulSet nodes = manifests.nodes();
    Service service = manifests.get(Service.class, nodes.getSpec().getServiceName());
    assertEquals("None", service.getSpec().getClusterIP());
    assertEquals(true, service.getSpec().getPublishNotReadyAddresses());
    assertEquals(List.of("node"), manifests.selected(service.getSpec().getSelector()));
    assertEquals("Parallel", nodes.getSpec().getPodManagementPolicy());
    assertEquals(
        "Retain", nodes.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled());
    assertEquals(
        "Retain", nodes.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void there_is_a_pod_for_each_node_of_the_cell_and_a_peer_for_each_pod(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    Map<String, String> cell = manifests.cell();
    StatefulSet nodes = manifests.nodes();
    int n = nodes.getSpec().getReplicas();
    assertEquals(Integer.toString(n), cell.get("VAULT_NODES"));
    // Ordinals are indexes: both begin with 1.
    assertEquals(1, nodes.getSpec().getOrdinals().getStart());
    int port = ports(nodes.getSpec().getTemplate()).getOrDefault("https", 0);
    assertEquals(Integer.toString(port), cell.get("SERVER_PORT"));
    String peers =
        IntStream.rangeClosed(1, n)
            .mapToObj(i ->
                "%d=https://%s-%d.%s:%d"
                    .formatted(
                        i,
                        nodes.getMetadata().getName(),
                        i,
                        nodes.getSpec().getServiceName(),
                        port))
            .collect(Collectors.joining(","));
    assertEquals(peers, cell.get("VAULT_PEERS"));
    assertTrue(
        manifests.get(Service.class, "nodes").getSpec().getPorts().stream()
            .allMatch(one -> one.getPort() == port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void at_most_one_pod_of_each_kind_is_evicted_at_a_time(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    Set<String> covered = new TreeSet<>();
    for (PodDisruptionBudget budget : manifests.all(PodDisruptionBudget.class)) {
      assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
      covered.addAll(manifests.selected(budget.getSpec().getSelector().getMatchLabels()));
    }
    assertEquals(manifests.templates().keySet(), covered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void the_autoscaler_has_a_target_that_it_can_measure_and_that_leaves_the_number_to_it(
      String overlay) {
    Manifests manifests = Manifests.of(overlay);
    HorizontalPodAutoscaler scaler = manifests.get(HorizontalPodAutoscaler.class, "api");
    assertEquals("Deployment", scaler.getSpec().getScaleTargetRef().getKind());
    Deployment target =
        manifests.get(Deployment.class, scaler.getSpec().getScaleTargetRef().getName());
    assertNull(target.getSpec().getReplicas());
    assertTrue(scaler.getSpec().getMinReplicas() <= scaler.getSpec().getMaxReplicas());
    String resource = scaler.getSpec().getMetrics().getFirst().getResource().getName();
    assertTrue(
        container(target.getSpec().getTemplate())
            .getResources()
            .getRequests()
            .containsKey(resource));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void pods_are_spread_by_their_own_labels(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    manifests
        .templates()
        .forEach((name, template) -> {
          assertFalse(template.getSpec().getTopologySpreadConstraints().isEmpty(), name);
          template
              .getSpec()
              .getTopologySpreadConstraints()
              .forEach(constraint ->
                  assertEquals(
                      List.of(name),
                      manifests.selected(constraint.getLabelSelector().getMatchLabels())));
        });
  }

  @Test
  void in_production_no_two_nodes_share_a_machine() {
    StatefulSet nodes = Manifests.of("prod").nodes();
    assertTrue(
        nodes.getSpec().getTemplate().getSpec().getTopologySpreadConstraints().stream()
            .anyMatch(constraint ->
                constraint.getTopologyKey().equals("kubernetes.io/hostname")
                    && constraint.getMaxSkew() == 1
                    && constraint.getMinDomains().equals(nodes.getSpec().getReplicas())
                    && constraint.getWhenUnsatisfiable().equals("DoNotSchedule")));
    assertEquals(
        List.of("ReadWriteOncePod"),
        nodes.getSpec().getVolumeClaimTemplates().getFirst().getSpec().getAccessModes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void every_mount_has_a_volume_and_every_volume_a_mount(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    manifests
        .templates()
        .forEach((name, template) -> {
          Set<String> volumes =
              template.getSpec().getVolumes().stream()
                  .map(Volume::getName)
                  .collect(Collectors.toCollection(HashSet::new));
          if (name.equals("node")) {
            manifests.nodes().getSpec().getVolumeClaimTemplates().stream()
                .map(PersistentVolumeClaim::getMetadata)
                .forEach(claim -> assertTrue(volumes.add(claim.getName())));
          }
          assertEquals(
              volumes,
              container(template).getVolumeMounts().stream()
                  .map(VolumeMount::getName)
                  .collect(Collectors.toSet()));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void what_pods_refer_to_is_rendered_or_issued_or_the_readme_tells_to_make_it(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    Set<String> issued =
        manifests.all(Certificate.class).stream()
            .map(certificate -> certificate.getSpec().getSecretName())
            .collect(Collectors.toSet());
    for (PodTemplateSpec template : manifests.templates().values()) {
      PodSpec pod = template.getSpec();
      assertTrue(manifests.find(ServiceAccount.class, pod.getServiceAccountName()).isPresent());
      Stream.concat(
              container(template).getEnvFrom().stream()
                  .map(source -> source.getConfigMapRef().getName()),
              pod.getVolumes().stream()
                  .filter(volume -> volume.getConfigMap() != null)
                  .map(volume -> volume.getConfigMap().getName()))
          .forEach(name ->
              assertTrue(
                  manifests.find(ConfigMap.class, name).isPresent()
                      || README.contains("create configmap " + name),
                  name));
      pod.getVolumes().stream()
          .filter(volume -> volume.getSecret() != null)
          .map(volume -> volume.getSecret().getSecretName())
          .forEach(name ->
              assertTrue(
                  issued.contains(name) || README.contains("create secret generic " + name), name));
      pod.getVolumes().stream()
          .filter(volume -> volume.getCsi() != null)
          .map(volume -> volume.getCsi().getVolumeAttributes())
          .forEach(attributes ->
              assertTrue(
                  manifests
                      .find(
                          Issuer.class,
                          attributes.getOrDefault("csi.cert-manager.io/issuer-name", ""))
                      .isPresent()));
    }
  }

  @Test
  void certificates_come_from_issuers_that_are_there() {
    Manifests prod = Manifests.of("prod");
    Manifests monitoring = Manifests.of("monitoring");
    Set<String> secrets = new HashSet<>();
    for (Certificate certificate :
        Stream.of(prod, monitoring)
            .flatMap(from -> from.all(Certificate.class).stream())
            .toList()) {
      secrets.add(certificate.getSpec().getSecretName());
      String issuer = certificate.getSpec().getIssuerRef().getName();
      switch (certificate.getSpec().getIssuerRef().getKind()) {
        case "Issuer" -> assertTrue(prod.find(Issuer.class, issuer).isPresent(), issuer);
        case "ClusterIssuer" -> assertTrue(README.contains("ClusterIssuer `" + issuer + "`"));
        default -> throw new AssertionError(certificate.getSpec().getIssuerRef());
      }
    }
    prod.all(Issuer.class).stream()
        .filter(issuer -> issuer.getSpec().getCa() != null)
        .forEach(issuer -> assertTrue(secrets.contains(issuer.getSpec().getCa().getSecretName())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void probes_ask_for_the_health_that_they_are_named_after_on_a_port_that_is_there(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    for (PodTemplateSpec template : manifests.templates().values()) {
      Container container = container(template);
      Map.of(
              "/health/started", container.getStartupProbe(),
              "/health/live", container.getLivenessProbe(),
              "/health/ready", container.getReadinessProbe())
          .forEach((String path, Probe probe) -> {
            HTTPGetAction action = probe.getHttpGet();
            assertEquals(path, action.getPath());
            assertPort(action.getPort(), template);
          });
      long grace = template.getSpec().getTerminationGracePeriodSeconds();
      // A stop takes up to 6 s, see server.shutdown-grace-period, and up to 5 s come before it.
      assertTrue(grace >= 20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void all_pods_run_the_same_image_and_a_named_version_of_it(String overlay) {
    Set<String> images =
        Manifests.of(overlay).templates().values().stream()
            .map(template -> container(template).getImage())
            .collect(Collectors.toSet());
    assertEquals(1, images.size());
    String image = images.iterator().next();
    assertTrue(
        image.matches("(.*/)?quorum-vault:[a-z0-9.-]+") && !image.endsWith(":latest"), image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod", "monitoring"})
  void everything_is_in_the_namespace_of_the_overlay(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    String namespace = overlay.equals("dev") ? "quorum-vault-dev" : "quorum-vault";
    for (HasMetadata object : manifests.objects()) {
      if (object instanceof Namespace) {
        assertEquals(namespace, object.getMetadata().getName());
      } else {
        assertEquals(namespace, object.getMetadata().getNamespace());
      }
    }
  }

  @Test
  void collectors_find_pods_ports_and_a_certificate_that_are_there() {
    Manifests prod = Manifests.of("prod");
    Manifests monitoring = Manifests.of("monitoring");
    Certificate operator = monitoring.get(Certificate.class, "operator");
    assertEquals(
        List.of("urn:quorumvault:" + prod.cell().get("VAULT_CELL") + ":operator"),
        operator.getSpec().getUris());
    Set<String> collected = new TreeSet<>();
    for (PodMonitor monitor : monitoring.all(PodMonitor.class)) {
      List<String> selected = prod.selected(monitor.getSpec().getSelector().getMatchLabels());
      assertEquals(1, selected.size());
      collected.addAll(selected);
      PodTemplateSpec template = template(prod, selected.getFirst());
      for (PodMetricsEndpoint endpoint : monitor.getSpec().getPodMetricsEndpoints()) {
        assertTrue(ports(template).containsKey(endpoint.getPort()), endpoint::getPort);
        assertEquals("https", endpoint.getScheme());
        String secret = operator.getSpec().getSecretName();
        assertEquals(secret, endpoint.getTlsConfig().getCa().getSecret().getName());
        assertEquals(secret, endpoint.getTlsConfig().getCert().getSecret().getName());
        assertEquals(secret, endpoint.getTlsConfig().getKeySecret().getName());
        // The collector goes by addresses; this name is what it expects in every certificate.
        assertTrue(
            csiAttribute(template, "dns-names").contains(endpoint.getTlsConfig().getServerName()));
      }
    }
    assertEquals(prod.templates().keySet(), collected);
  }

  private static List<String> csiAttribute(PodTemplateSpec template, String name) {
    return template.getSpec().getVolumes().stream()
        .filter(volume -> volume.getCsi() != null)
        .map(volume ->
            volume.getCsi().getVolumeAttributes().getOrDefault("csi.cert-manager.io/" + name, ""))
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .toList();
  }

  @Test
  void the_issuer_of_tokens_is_at_an_address_of_its_own_policy() {
    URI keys = URI.create(Manifests.of("prod").cell().get("MP_JWT_VERIFY_PUBLICKEY_LOCATION"));
    assertEquals("https", keys.getScheme());
    assertEquals(-1, keys.getPort(), "the policy lets through 443");
  }
}
