package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The demonstration shows what it says, on nodes that are really killed.
@ClusterTest(ClusterTest.Kind.HARMED)
@Order(13)
final class DemoIT {
  @Test
  void the_demonstration_loses_nothing_and_leaves_everything_running(VaultCluster cluster) {
    cluster.awaitServing(1, 2, 3, 4, 5);
    VaultCluster.Described before = cluster.described();

    Command demo = VaultCluster.qv("dev", "demo", "--data", cluster.data().toString()).succeeded();

    assertTrue(demo.output().contains("2 of 5 nodes were killed, two times"), demo.output());
    assertTrue(demo.output().contains("correct horse battery staple 3"), demo.output());
    VaultCluster.Described after = cluster.described();
    for (int index = 0; index < 4; index++) {
      assertNotEquals(
          before.nodes().get(index).process(), after.nodes().get(index).process(), demo::output);
    }
    assertEquals(before.nodes().get(4).process(), after.nodes().get(4).process());
    cluster.awaitServing(1, 2, 3, 4, 5);
  }
}
