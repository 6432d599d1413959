package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.Operation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every fault, in every order that a seed brings, several at a time, while clients do everything;
/// then a judge of what they saw. Five minutes of it, or as many as are asked for.
@ClusterTest(ClusterTest.Kind.FAULTY)
@Order(15)
final class FaultMixIT {
  /// Repeats which faults strike whom, and what clients ask for. What meets what is up to the
  /// machine.
  private static final String SEED_PROPERTY = "quorumvault.seed";

  private static final long SEED = 20_260;

  private static final String MINUTES_PROPERTY = "quorumvault.minutes";

  private static final long MINUTES = 5;

  /// So that all that was done is done, on a machine that does other things too.
  private static final int OPERATIONS_A_ROUND = 30;

  /// Longer than anybody lets a campaign run: each wait in it has its own end.
  private static final int HOURS_MAX = 48;

  static long seed() {
    return Long.getLong(SEED_PROPERTY, SEED);
  }

  @Test
  @Timeout(value = HOURS_MAX, unit = TimeUnit.HOURS)
  void whatever_goes_wrong_together_clients_see_one_order_and_nothing_is_lost(
      FaultyCluster cluster) {
    long minutes = Long.getLong(MINUTES_PROPERTY, MINUTES);
    String marker =
        "campaignMarkerThatIsInNoFile" + Long.toUnsignedString(seed(), Character.MAX_RADIX);
    Recorder recorder = new Recorder(marker);
    CampaignReport report = new CampaignReport(seed(), minutes);
    try {
      run(cluster, recorder, report, Duration.ofMinutes(minutes));
      assertTrue(
          recorder.operations().stream()
                  .filter(one -> one.outcome() instanceof Outcome.Applied)
                  .count()
              > 50,
          "hardly anything was written: the verdict would mean little");
      recorder.verdict().assertPossible();
      assertEquals(List.of(), new MarkerScan(marker).under(cluster.cluster().data()));
      report.passed(recorder);
    } catch (Throwable failure) {
      report.failed(recorder, failure);
      throw failure;
    }
  }

  private static void run(
      FaultyCluster cluster, Recorder recorder, CampaignReport report, Duration length) {
    List<Fault> possible = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (fault.isPossible(cluster)) {
        possible.add(fault);
      } else {
        report.notRun(fault);
      }
    }
    FaultPlan plan = new FaultPlan(seed(), possible);
    Random dice = new Random(~seed());
    long end = System.nanoTime() + length.toNanos();
    try (Campaign load = new Campaign(cluster.client(), recorder, "mix", seed())) {
      load.awaitProgress(OPERATIONS_A_ROUND);
      while (System.nanoTime() < end) {
        FaultPlan.Round round = plan.next();
        play(cluster, load, round, dice, report);
      }
      load.end();
      load.readAll(cluster.client());
      // What was acknowledged is on disk.
      int[] everybody = IntStream.rangeClosed(Network.API, VaultCluster.NODES).toArray();
      cluster.kill(everybody);
      cluster.launch(everybody);
      cluster.awaitServing();
      load.readAll(cluster.client());
    }
  }

  private static void play(
      FaultyCluster cluster,
      Campaign load,
      FaultPlan.Round round,
      Random dice,
      CampaignReport report) {
    System.out.println("Round: " + round.harms());
    List<Fault.Remedy> remedies = new ArrayList<>();
    Duration lasts = Duration.ZERO;
    for (FaultPlan.Harm harm : round.harms()) {
      int spared = cluster.spared();
      remedies.add(harm.fault().strike(new Fault.Scene(cluster, load, harm.nodes(), dice)));
      report.happened(cluster.spared() == spared ? harm.fault() : Fault.KILL);
      lasts = lasts.compareTo(harm.fault().lasts()) > 0 ? lasts : harm.fault().lasts();
    }
    long end = System.nanoTime() + lasts.toNanos();
    if (round.isBorne()) {
      load.awaitProgress(OPERATIONS_A_ROUND);
    }
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    Collections.shuffle(remedies, dice);
    remedies.forEach(Fault.Remedy::apply);
    cluster.awaitServing();
    load.awaitProgress(OPERATIONS_A_ROUND);
  }
}
