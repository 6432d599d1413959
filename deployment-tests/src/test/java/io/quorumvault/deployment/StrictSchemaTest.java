package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictSchemaTest {
  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod", "monitoring"})
  void every_object_has_only_fields_of_its_kind(String overlay) {
    assertTrue(Manifests.of(overlay).objects().size() > 3);
  }

  @ParameterizedTest
  @CsvSource({
    "  replicas: 5, '  replicaz: 5'",
    "  replicas: 5, '  replicas: many'",
    "  replicas: 5, '  replicas: 5\n  replicas: 5'",
    "        livenessProbe:, '        livelinessProbe:'",
    "            port: health, '            prot: health'",
    "kind: StatefulSet, 'kind: StatefulSets'",
    "apiVersion: policy/v1, 'apiVersion: policy/v1beta1'",
    "          allowPrivilegeEscalation: false, '          allowPrivilegeEscalations: false'"
  })
  void a_misspelt_field_is_refused(String right, String wrong) throws IOException {
    String yaml = Files.readString(Project.rendered("prod"));
    assertTrue(yaml.contains(right), right);
    String broken = yaml.replace(right, wrong);
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> Manifests.parse("prod", broken));
    assertTrue(
        refusal instanceof IllegalArgumentException || refusal instanceof UncheckedIOException,
        refusal::toString);
  }

  @Test
  void a_field_of_another_authority_is_checked_too() throws IOException {
    String yaml = Files.readString(Project.rendered("prod"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Manifests.parse("prod", yaml.replace("rotationPolicy:", "rotationPolicies:")));
  }
}
