package io.quorumvault.deployment;

import io.fabric8.certmanager.api.model.v1.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// Runs pods of an overlay as processes of this machine, as a kubelet would from the same manifest:
/// its environment in its order, its arguments, its mounts, its probes. Every pod has a loopback
/// address of its own, and finds the others by the names of the headless service.
///
/// A path of a container is the path of a directory under the root of this cluster.
final class Cluster implements AutoCloseable {
  private final Manifests manifests;
  private final Path root;
  private final Optional<UnpackedImage> image;
  private final CertManager issuer = new CertManager();
  private final Map<String, Path> madeByHand = new HashMap<>();
  private final Map<String, String> substitutes = new HashMap<>();
  private final List<Pod> pods = new ArrayList<>();

  /// Runs beside others on this machine: each has its own piece of the loopback network.
  private final String network =
      "127.%d.%d."
          .formatted(
              ThreadLocalRandom.current().nextInt(1, 255),
              ThreadLocalRandom.current().nextInt(0, 255));

  /// @param image what the pods run, empty for the programs where the build left them
  Cluster(Manifests manifests, Path root, Optional<UnpackedImage> image) throws IOException {
    this.manifests = manifests;
    this.image = image;
    this.root = Files.createDirectories(root);
    List<String> hosts =
        new ArrayList<>(
            List.of(
                "127.0.0.1 localhost", "127.0.0.1 " + InetAddress.getLocalHost().getHostName()));
    for (String peer : manifests.cell().getOrDefault("VAULT_PEERS", "").split(",", -1)) {
      int index = Integer.parseInt(peer.substring(0, peer.indexOf('=')));
      hosts.add(
          address("node", index)
              + " "
              + URI.create(peer.substring(peer.indexOf('=') + 1)).getHost());
    }
    Files.write(hosts(), hosts);
  }

  /// A file in the syntax of `/etc/hosts`.
  Path hosts() {
    return root.resolve("hosts");
  }

  Optional<UnpackedImage> image() {
    return image;
  }

  Path root() {
    return root;
  }

  private String address(String workload, int ordinal) {
    return network + (workload.equals("node") ? ordinal : 100 + ordinal);
  }

  /// The contents of a secret or a config map that an operator makes.
  void makeByHand(String name, Path... files) throws IOException {
    Path directory = Files.createDirectories(root.resolve("by-hand").resolve(name));
    for (Path file : files) {
      Files.copy(file, directory.resolve(file.getFileName()));
    }
    madeByHand.put(name, directory);
  }

  /// What a setting is instead of what the manifest says, since this machine has no such thing.
  void substitute(String setting, String value) {
    substitutes.put(setting, value);
  }

  Map<String, String> substitutes() {
    return substitutes;
  }

  /// Issues what a certificate of another overlay asks for.
  Path issue(Certificate certificate) throws IOException {
    Path directory = root.resolve("issued").resolve(certificate.getSpec().getSecretName());
    if (Files.notExists(directory)) {
      issuer.fill(certificate.getSpec(), directory);
    }
    return directory;
  }

  /// Starts a pod; it comes up while this returns.
  ///
  /// @param ordinal of a node its index, of an API server any number
  Pod start(String workload, int ordinal) throws IOException {
    PodTemplateSpec template = manifests.templates().get(workload);
    if (template == null) {
      throw new AssertionError("no workload " + workload);
    }
    String name = workload + "-" + ordinal;
    Map<String, Path> mounts = new HashMap<>();
    for (VolumeMount mount : template.getSpec().getContainers().getFirst().getVolumeMounts()) {
      mounts.put(mount.getMountPath(), volume(template, mount.getName(), name));
    }
    Pod pod =
        Pod.start(
            this,
            template,
            new Pod.Placement(name, ordinal, address(workload, ordinal)),
            mounts,
            manifests);
    pods.add(pod);
    return pod;
  }

  private Path volume(PodTemplateSpec template, String volume, String pod) throws IOException {
    Path directory = root.resolve("pods").resolve(pod).resolve(volume);
    Optional<Volume> found =
        template.getSpec().getVolumes().stream()
            .filter(one -> one.getName().equals(volume))
            .findFirst();
    if (found.isEmpty()) {
      Stream<PersistentVolumeClaim> claims =
          manifests.nodes().getSpec().getVolumeClaimTemplates().stream();
      if (claims.noneMatch(claim -> claim.getMetadata().getName().equals(volume))) {
        throw new AssertionError("no volume " + volume);
      }
      return Files.createDirectories(directory);
    }
    Volume source = found.get();
    if (source.getEmptyDir() != null) {
      return Files.createDirectories(directory);
    }
    if (source.getCsi() != null) {
      String namespace = manifests.nodes().getMetadata().getNamespace();
      issuer.mount(source.getCsi().getVolumeAttributes(), pod, namespace, directory);
      return directory;
    }
    return source.getSecret() != null
        ? secret(source.getSecret().getSecretName())
        : configMap(source.getConfigMap().getName(), directory);
  }

  private Path secret(String name) throws IOException {
    for (Certificate certificate : manifests.all(Certificate.class)) {
      if (certificate.getSpec().getSecretName().equals(name)) {
        return issue(certificate);
      }
    }
    return byHand(name);
  }

  private Path configMap(String name, Path directory) throws IOException {
    Optional<ConfigMap> rendered = manifests.find(ConfigMap.class, name);
    if (rendered.isEmpty()) {
      return byHand(name);
    }
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : rendered.get().getData().entrySet()) {
      Files.writeString(directory.resolve(file.getKey()), file.getValue());
    }
    return directory;
  }

  private Path byHand(String name) {
    Path directory = madeByHand.get(name);
    if (directory == null) {
      throw new AssertionError("nobody made " + name);
    }
    return directory;
  }

  @Override
  public void close() {
    pods.forEach(Pod::close);
  }
}
