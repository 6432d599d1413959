package io.quorumvault.cli.dev;

import io.quorumvault.cli.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Finds ports on loopback that nobody listens on.
///
/// They are taken from below the ranges that systems hand to outgoing connections (from 32768 on
/// Linux, from 49152 elsewhere): otherwise a stopped node could lose its port to any passing
/// connection and not come up again.
final class Ports {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  /// With one port in ten taken, a cluster's worth of tries fails once in 10^1000.
  private static final int TRIES = 1_000;

  private final RandomGenerator random = new SecureRandom();
  private final Set<Integer> given = new HashSet<>();

  /// `port` when it is free.
  ///
  /// @throws CommandFailure when somebody listens there
  int exactly(int port) {
    if (!isFree(port)) {
      throw CommandFailure.usage(
          "Port " + port + " is in use by another program.",
          "Choose another with --port, or --port 0 for any that is free.");
    }
    given.add(port);
    return port;
  }

  /// A free port, not given before.
  int any() {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = random.nextInt(LOWEST, HIGHEST);
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw CommandFailure.usage(
        "No free port was found between " + LOWEST + " and " + HIGHEST + ".",
        "Stop what listens there.");
  }

  /// The same ports, each replaced when somebody listens there.
  List<Integer> preferably(List<Integer> ports) {
    List<Integer> free = new ArrayList<>();
    for (int port : ports) {
      free.add(isFree(port) && given.add(port) ? port : any());
    }
    return free;
  }

  /// Whether nobody listens there.
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
