package io.quorumvault.system;

import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The page for people while nodes are killed, one after the other, until nothing is served.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(15)
final class PageOutageIT {
  @Test
  void with_nodes_away_it_shows_what_it_can_and_says_what_it_cannot(VaultCluster cluster) {
    Browser browser = Browser.ofThisMachine();
    PageIT.fill(cluster);
    // The script kills these, while the page is open.
    browser.run(PageIT.task(browser, cluster, List.of("away")));
    cluster.restart(2, 4, 5);
  }
}
