package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The restricted level of the Pod Security Standards, and what we ask for beyond it.
class PodSecurityTest {
  private static Stream<PodTemplateSpec> templates(String overlay) {
    return Manifests.of(overlay).templates().values().stream();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void the_namespace_demands_the_restricted_level(String overlay) {
    Namespace namespace = Manifests.of(overlay).all(Namespace.class).getFirst();
    assertEquals(
        "restricted",
        namespace.getMetadata().getLabels().get("pod-security.kubernetes.io/enforce"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void pods_share_nothing_with_their_machine_and_are_nobody_on_it(String overlay) {
    templates(overlay)
        .map(PodTemplateSpec::getSpec)
        .forEach(pod -> {
          assertNull(pod.getHostNetwork());
          assertNull(pod.getHostPID());
          assertNull(pod.getHostIPC());
          assertNull(pod.getSecurityContext().getSysctls().stream().findAny().orElse(null));
          assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
          assertTrue(pod.getSecurityContext().getRunAsUser() > 0);
          assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
          for (Volume volume : pod.getVolumes()) {
            assertTrue(
                Stream.of(
                        volume.getConfigMap(),
                        volume.getSecret(),
                        volume.getEmptyDir(),
                        volume.getCsi())
                    .anyMatch(source -> source != null),
                volume.getName());
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void containers_cannot_gain_rights_or_write_to_their_root(String overlay) {
    templates(overlay)
        .map(PodTemplateSpec::getSpec)
        .forEach(pod -> {
          assertTrue(pod.getInitContainers().isEmpty());
          for (Container container : pod.getContainers()) {
            var context = container.getSecurityContext();
            assertEquals(false, context.getAllowPrivilegeEscalation());
            assertEquals(true, context.getReadOnlyRootFilesystem());
            assertNull(context.getPrivileged());
            assertNull(context.getRunAsUser());
            assertNull(context.getSeccompProfile());
            assertEquals(List.of("ALL"), context.getCapabilities().getDrop());
            assertTrue(context.getCapabilities().getAdd().isEmpty());
            for (ContainerPort port : container.getPorts()) {
              assertNull(port.getHostPort());
            }
            assertTrue(container.getResources().getLimits().containsKey("memory"));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void only_the_data_and_memory_can_be_written_to(String overlay) {
    templates(overlay)
        .map(PodTemplateSpec::getSpec)
        .forEach(pod -> {
          Set<String> writable =
              pod.getContainers().getFirst().getVolumeMounts().stream()
                  .filter(mount -> mount.getReadOnly() == null || !mount.getReadOnly())
                  .map(VolumeMount::getName)
                  .collect(Collectors.toSet());
          assertEquals(
              pod.getServiceAccountName().equals("node") ? Set.of("data", "tmp") : Set.of("tmp"),
              writable);
          assertTrue(
              pod.getVolumes().stream()
                  .filter(volume -> volume.getName().equals("tmp"))
                  .allMatch(volume -> volume.getEmptyDir().getMedium().equals("Memory")));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod"})
  void nobody_gets_a_token_of_the_cluster_or_settings_that_nobody_wrote(String overlay) {
    Manifests manifests = Manifests.of(overlay);
    manifests
        .all(ServiceAccount.class)
        .forEach(account -> assertEquals(false, account.getAutomountServiceAccountToken()));
    for (PodSpec pod : templates(overlay).map(PodTemplateSpec::getSpec).toList()) {
      assertEquals(false, pod.getAutomountServiceAccountToken());
      // They would be environment variables, VAULT_PORT among them if a service were named so.
      assertEquals(false, pod.getEnableServiceLinks());
    }
    assertFalse(manifests.templates().isEmpty());
  }
}
