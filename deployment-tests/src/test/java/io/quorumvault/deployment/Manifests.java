package io.quorumvault.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.certmanager.api.model.v1.Issuer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Rendered manifests as objects. Reading is strict: a kind that we do not use, a field that is
/// none, a field that is there twice, or a value of the wrong type is refused.
///
/// @param overlay where they are from
record Manifests(String overlay, List<HasMetadata> objects) {
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.ofEntries(
          Map.entry("v1/Namespace", Namespace.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("cert-manager.io/v1/Issuer", Issuer.class),
          Map.entry("cert-manager.io/v1/Certificate", Certificate.class),
          Map.entry("monitoring.coreos.com/v1/PodMonitor", PodMonitor.class),
          Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class));

  private static final YAMLMapper STRICT =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(new NoOtherFields())
          .build();

  /// The models keep fields that they do not know; here they have none to spare.
  private static final class NoOtherFields extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated member) {
      return false;
    }
  }

  Manifests {
    objects = List.copyOf(objects);
  }

  static Manifests of(String overlay) {
    try {
      return parse(overlay, Files.readString(Project.rendered(overlay)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Manifests parse(String overlay, String yaml) {
    return new Manifests(overlay, documents(yaml).stream().map(Manifests::object).toList());
  }

  static List<JsonNode> documents(String yaml) {
    try (MappingIterator<JsonNode> documents = STRICT.readerFor(JsonNode.class).readValues(yaml)) {
      return documents.readAll();
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private static HasMetadata object(JsonNode document) {
    String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
    Class<? extends HasMetadata> type =
        Optional.<Class<? extends HasMetadata>>ofNullable(KINDS.get(kind))
            .orElseThrow(() -> new IllegalArgumentException("a kind that is not ours: " + kind));
    try {
      return STRICT.treeToValue(document, type);
    } catch (JsonProcessingException notOne) {
      throw new IllegalArgumentException(kind + ": " + notOne.getMessage(), notOne);
    }
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends HasMetadata> Optional<T> find(Class<T> type, String name) {
    return all(type).stream()
        .filter(object -> object.getMetadata().getName().equals(name))
        .findFirst();
  }

  <T extends HasMetadata> T get(Class<T> type, String name) {
    return find(type, name)
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name));
  }

  StatefulSet nodes() {
    return get(StatefulSet.class, "node");
  }

  Deployment api() {
    return get(Deployment.class, "api");
  }

  /// What pods are made from, by the name of the workload.
  Map<String, PodTemplateSpec> templates() {
    Map<String, PodTemplateSpec> templates = new LinkedHashMap<>();
    all(StatefulSet.class)
        .forEach(set -> templates.put(set.getMetadata().getName(), set.getSpec().getTemplate()));
    all(Deployment.class)
        .forEach(one -> templates.put(one.getMetadata().getName(), one.getSpec().getTemplate()));
    return templates;
  }

  /// The names of the workloads whose pods have all of these labels.
  List<String> selected(Map<String, String> labels) {
    List<String> names = new ArrayList<>();
    templates()
        .forEach((name, template) -> {
          if (template.getMetadata().getLabels().entrySet().containsAll(labels.entrySet())) {
            names.add(name);
          }
        });
    return names;
  }

  /// The settings that all pods share.
  Map<String, String> cell() {
    List<ConfigMap> cells =
        all(ConfigMap.class).stream()
            .filter(map -> map.getMetadata().getName().startsWith("cell-"))
            .toList();
    if (cells.size() != 1) {
      throw new AssertionError(
          "one cell, not "
              + cells.stream()
                  .map(cell -> cell.getMetadata().getName())
                  .collect(Collectors.joining(", ")));
    }
    return cells.getFirst().getData();
  }
}
