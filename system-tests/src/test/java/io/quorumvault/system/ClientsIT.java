package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The clients that the build generates from the golden file, against a real cluster: all that the
/// contract has, they can call, and all that it says can go wrong, they are told.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(14)
final class ClientsIT {
  /// What no caller can bring about, nor anybody else without changing a program.
  private static final Map<String, String> NOT_PROVOKED =
      Map.of(
          "internal-error",
          "it takes a bug",
          "integrity-failure",
          "it takes k nodes that lie: what a disk or a network makes of a share is told apart"
              + " from a share before anything is joined");

  /// Longer than the vault lets a request take.
  private static final long STOPPED_NANOS = TimeUnit.SECONDS.toNanos(7);

  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int[] NODES = IntStream.rangeClosed(1, VaultCluster.NODES).toArray();

  @Test
  void generated_clients_call_every_operation_and_are_told_every_failure(FaultyCluster cluster)
      throws IOException {
    Map<String, ContractWalk> walks = new LinkedHashMap<>();
    walks.put("Java", new JavaWalk(route(cluster, "java")));
    Optional<ContractWalk> typeScript = TypeScriptWalk.ready(route(cluster, "typescript"));
    typeScript.ifPresentOrElse(
        walk -> walks.put("TypeScript", walk),
        () -> System.out.println("NOT RUN: the TypeScript client (no node and npm here)"));
    Map<String, List<Encounter>> met = new LinkedHashMap<>();
    for (WalkScene scene : WalkScene.values()) {
      for (Map.Entry<String, ContractWalk> client : walks.entrySet()) {
        met.computeIfAbsent(client.getKey(), _ -> new ArrayList<>())
            .addAll(walk(client.getKey(), client.getValue(), scene, cluster));
      }
    }
    met.forEach(ClientsIT::judge);
  }

  private static List<Encounter> walk(
      String client, ContractWalk walk, WalkScene scene, FaultyCluster cluster) throws IOException {
    try {
      return switch (scene) {
        case HEALTHY -> {
          admitReader(cluster);
          yield walk.walk(scene);
        }
        case ALL_STOPPED -> walkWhileStopping(NODES, walk, scene, cluster);
        case THREE_STOPPED -> walkWhileStopping(new int[] {2, 3, 4}, walk, scene, cluster);
        case UNRECORDED -> {
          cluster.cluster().described().nodes().forEach(AuditIT::block);
          try {
            yield walk.walk(scene);
          } finally {
            cluster.kill(NODES);
            cluster.cluster().described().nodes().forEach(AuditIT::unblock);
            cluster.launch(NODES);
            cluster.awaitServing();
          }
        }
      };
    } catch (AssertionError failed) {
      throw new AssertionError(client + ", " + scene + ": " + failed.getMessage(), failed);
    }
  }

  /// An API that has found out that nodes do not answer says so at once; only who asks when they
  /// stop is kept waiting. So they stop and go on until the client has seen it all.
  private static List<Encounter> walkWhileStopping(
      int[] nodes, ContractWalk walk, WalkScene scene, FaultyCluster cluster) {
    AtomicBoolean ended = new AtomicBoolean();
    return Parallel.run(
            2,
            number -> {
              if (number == 0) {
                try {
                  return walk.walk(scene);
                } finally {
                  ended.set(true);
                }
              }
              while (!ended.get()) {
                cluster.pause(nodes);
                park(STOPPED_NANOS, ended);
                cluster.resume(nodes);
                cluster.awaitServing();
              }
              return List.<Encounter>of();
            })
        .getFirst();
  }

  private static void park(long nanos, AtomicBoolean ended) {
    long end = System.nanoTime() + nanos;
    while (!ended.get() && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  private static void judge(String client, List<Encounter> met) {
    Contract contract = Contract.golden();
    Set<String> expected = contract.codes();
    assertEquals(
        Set.of(),
        NOT_PROVOKED.keySet().stream()
            .filter(code -> !expected.contains(code))
            .collect(Collectors.toSet()));
    expected.removeAll(NOT_PROVOKED.keySet());
    assertEquals(
        expected,
        met.stream()
            .filter(one -> !one.succeeded())
            .map(Encounter::code)
            .collect(Collectors.toCollection(TreeSet::new)),
        client);
    assertEquals(
        contract.successes(),
        met.stream()
            .filter(Encounter::succeeded)
            .map(one -> one.operation() + " " + one.status())
            .collect(Collectors.toCollection(TreeSet::new)),
        client);
    assertEquals(
        List.of(),
        met.stream().distinct().filter(one -> !contract.describes(one)).toList(),
        client + " met what the contract does not describe");
    Set<Encounter> kinds = Set.copyOf(met);
    System.out.println(
        "The client in %s: %d calls, %d different pairs of operation and outcome"
            .formatted(client, met.size(), kinds.size()));
    NOT_PROVOKED.forEach((code, reason) -> System.out.println("Not met: " + code + ", " + reason));
  }

  private static ContractWalk.Route route(FaultyCluster cluster, String client) {
    VaultCluster.Described now = cluster.cluster().described();
    return new ContractWalk.Route(
        now.api().toString(),
        now.namespace(),
        now.token(),
        cluster.cluster().token("--subject", "walk-reader"),
        "walk_" + client);
  }

  /// Lets somebody do hardly anything, so that the rest is forbidden and not unknown.
  private static void admitReader(FaultyCluster cluster) throws IOException {
    Path policy = cluster.cluster().policy();
    String before = Files.readString(policy);
    if (before.contains("walk-reader")) {
      return;
    }
    String rule =
        "{\"subjects\":[\"walk-reader\"],\"groups\":[],\"namespace\":\"demo\","
            + "\"prefix\":\"walk-reader-only-\",\"capabilities\":[\"read\"],"
            + "\"notBefore\":null,\"notAfter\":null}";
    int end = before.lastIndexOf(']');
    Path next = policy.resolveSibling("policy.next");
    Files.writeString(next, before.substring(0, end) + "," + rule + before.substring(end));
    Files.move(next, policy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    VaultClient reader = cluster.client().as(cluster.cluster().token("--subject", "walk-reader"));
    // Every process notices by itself, so a few answers in a row mean that all have.
    Eventually.passes(
        "the rule is known everywhere",
        () -> {
          for (int i = 0; i < 10; i++) {
            reader.get("walk-reader-only-" + i).expectProblem(404, "secret-not-found");
          }
        });
  }
}
