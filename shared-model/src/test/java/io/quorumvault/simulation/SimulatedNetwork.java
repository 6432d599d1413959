package io.quorumvault.simulation;

import io.quorumvault.testing.Gen;
import java.util.Arrays;

/// Loses, delays, repeats and reorders what is sent, and cuts nodes off from one another, in one
/// direction or both. Index 0 stands for all clients.
final class SimulatedNetwork {
  /// How bad it is.
  ///
  /// @param lossPercent of messages that never arrive
  /// @param repeatPercent of messages that arrive twice
  /// @param slowPercent of messages that take up to `slowMillis`
  record Weather(int lossPercent, int repeatPercent, int slowPercent, int slowMillis) {
    static final Weather FAIR = new Weather(0, 0, 0, 0);
  }

  private static final int USUAL_MILLIS = 4;

  private final Simulator simulator;
  private final Gen gen;
  private final boolean[][] cut;
  private Weather weather = Weather.FAIR;

  SimulatedNetwork(Simulator simulator, Gen gen, int nodes) {
    this.simulator = simulator;
    this.gen = gen;
    this.cut = new boolean[nodes + 1][nodes + 1];
  }

  void weather(Weather newWeather) {
    weather = newWeather;
  }

  void cut(int from, int to) {
    cut[from][to] = true;
  }

  void healLinks() {
    for (boolean[] row : cut) {
      Arrays.fill(row, false);
    }
  }

  boolean reaches(int from, int to) {
    return !cut[from][to];
  }

  /// @param once for what the transport never repeats
  void send(int from, int to, boolean once, Runnable deliver) {
    // Whether a link works counts when the message arrives: what is under way when it breaks is
    // lost.
    Runnable arrive =
        () -> {
          if (reaches(from, to)) {
            deliver.run();
          }
        };
    boolean own = from == to;
    int copies = !own && !once && gen.below(100) < weather.repeatPercent() ? 2 : 1;
    for (int copy = 0; copy < copies; copy++) {
      if (!own && gen.below(100) < weather.lossPercent()) {
        continue;
      }
      long delay = 1L + gen.below(USUAL_MILLIS);
      if (!own && gen.below(100) < weather.slowPercent()) {
        delay += gen.below(weather.slowMillis());
      }
      simulator.after(delay, arrive);
    }
  }
}
