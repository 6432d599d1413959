package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What can go wrong around a vault, and be made to: all of it. A fault that is added here is tried
/// alone and in every campaign.
///
/// A request that arrives twice is no fault here, since TLS lets nobody else send one again: the
/// clients of a campaign do, with the same Idempotency-Key.
enum Fault {
  KILL("kill -9", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.cluster().kill(scene.array());
      return () -> scene.cluster().launch(scene.array());
    }
  },
  KILL_API("kill -9 of the API", Needs.NOTHING, Reach.API) {
    @Override
    Remedy strike(Scene scene) {
      scene.cluster().kill(Network.API);
      return () -> scene.cluster().launch(Network.API);
    }
  },
  PAUSE("stop and continue", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.cluster().pause(scene.array());
      return () -> scene.cluster().resume(scene.array());
    }
  },
  /// From the other nodes; the API may still reach them.
  PARTITION("partition", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      boolean fromTheApi = scene.dice().nextBoolean();
      return scene.on(scene.others(fromTheApi), true, true, Wire::cut);
    }
  },
  MUTE("one-way partition: not heard", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      return scene.on(scene.others(scene.dice().nextBoolean()), false, true, Wire::cut);
    }
  },
  DEAF("one-way partition: does not hear", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      return scene.on(scene.others(scene.dice().nextBoolean()), true, false, Wire::cut);
    }
  },
  DELAY("delay", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      int millis = 20 + scene.dice().nextInt(280);
      return scene.on(scene.everybodyElse(), true, true, wire -> wire.delay(millis));
    }
  },
  LOSS("loss", Needs.NOTHING, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      int percent = 2 + scene.dice().nextInt(20);
      return scene.on(scene.everybodyElse(), true, true, wire -> wire.lose(percent));
    }
  },
  DISK_FULL("disk full", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.eachMachine(machine -> machine.fill(Machine.Space.NONE));
      return () -> {
        scene.eachMachine(machine -> machine.fill(Machine.Space.ENOUGH));
        // Each has ended or is about to, as it must.
        scene.cluster().kill(scene.array());
        scene.cluster().launch(scene.array());
      };
    }
  },
  DISK_NEARLY_FULL("no room to spare", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.eachMachine(machine -> machine.fill(Machine.Space.NONE_LEFT_TO_SPARE));
      return () -> scene.eachMachine(machine -> machine.fill(Machine.Space.ENOUGH));
    }
  },
  FAILING_SYNC("failing fsync", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.eachMachine(machine -> machine.failSyncs(true));
      return () -> {
        scene.cluster().kill(scene.array());
        scene.eachMachine(machine -> {
          machine.failSyncs(false);
          // What was not synced when a sync failed may never reach the disk.
          int _ = machine.cutPower(scene.dice());
        });
        scene.cluster().launch(scene.array());
      };
    }
  },
  SLOW_DISK("slow disk", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.eachMachine(machine -> machine.stall(true));
      return () -> scene.eachMachine(machine -> machine.stall(false));
    }

    // A disk that answers nothing for half a minute, as one that fails over does.
    @Override
    Duration lasts() {
      return Duration.ofSeconds(30);
    }
  },
  POWER_CUT("power cut", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      scene.cluster().kill(scene.array());
      scene.eachMachine(machine -> {
        int _ = machine.cutPower(scene.dice());
      });
      return () -> scene.cluster().launch(scene.array());
    }
  },
  FLIPPED_BITS("flipped bits", Needs.NOTHING, Reach.MEMORY) {
    @Override
    Remedy strike(Scene scene) {
      return scene.forgetting((cluster, node) -> {
        List<Path> files = dataFiles(cluster, node);
        int first = scene.dice().nextInt(files.size());
        // One file, or all of them.
        for (Path file : scene.dice().nextBoolean() ? files : files.subList(first, first + 1)) {
          flipBit(file, scene.dice());
        }
        return () -> {
          if (!cluster.servesAfterLaunch(node)) {
            // It refused: its disk is as good as lost.
            cluster.kill(node);
            cluster.loseDisk(node);
            cluster.launch(node);
          }
        };
      });
    }
  },
  OLDER_FILES("files rolled back", Needs.NOTHING, Reach.MEMORY) {
    @Override
    Remedy strike(Scene scene) {
      FaultyCluster before = scene.cluster();
      int victim = scene.nodes().getFirst();
      Path older = before.cluster().data().resolve("older");
      before.kill(victim);
      VaultCluster.deleteTree(older);
      copyTree(before.dataDirectory(victim), older);
      before.launch(victim);
      before.awaitServing();
      scene.load().awaitProgress(OPERATIONS_SINCE_COPY);
      return scene.forgetting((cluster, node) -> {
        cluster.loseDisk(node);
        copyTree(older, cluster.dataDirectory(node));
        return () -> cluster.launch(node);
      });
    }
  },
  LOST_DISK("disk lost", Needs.NOTHING, Reach.MEMORY) {
    @Override
    Remedy strike(Scene scene) {
      return scene.forgetting((cluster, node) -> {
        cluster.loseDisk(node);
        return () -> cluster.launch(node);
      });
    }
  },
  NODE_CLOCK_BACK("clock of nodes 1 h back", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftClocks(Duration.ofHours(-1));
    }
  },
  NODE_CLOCK_AHEAD("clock of nodes 1 h ahead", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftClocks(Duration.ofHours(1));
    }
  },
  NODE_CLOCK_A_DAY_AHEAD("clock of nodes 1 day ahead", Needs.MACHINES, Reach.NODES) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftClocks(Duration.ofDays(1));
    }
  },
  API_CLOCK_BACK("clock of the API 1 h back", Needs.MACHINES, Reach.API) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftApiClock(Duration.ofHours(-1));
    }
  },
  API_CLOCK_AHEAD("clock of the API 1 h ahead", Needs.MACHINES, Reach.API) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftApiClock(Duration.ofHours(1));
    }
  },
  API_CLOCK_A_DAY_AHEAD("clock of the API 1 day ahead", Needs.MACHINES, Reach.API) {
    @Override
    Remedy strike(Scene scene) {
      return scene.shiftApiClock(Duration.ofDays(1));
    }
  };

  /// What a fault needs in order to be made. None needs the rights of root.
  enum Needs {
    NOTHING("nothing"),
    /// See `Machine`.
    MACHINES("Linux and a C compiler (cc)");

    final String told;

    Needs(String told) {
      this.told = told;
    }
  }

  /// Whom a fault strikes.
  enum Reach {
    /// Any number of nodes.
    NODES,
    /// One node, which forgets: never while another node is impaired, since a node that joins again
    /// needs the others.
    MEMORY,
    API
  }

  /// Enough that the older files lack something.
  private static final int OPERATIONS_SINCE_COPY = 30;

  final String told;
  final Needs needs;
  final Reach reach;

  Fault(String told, Needs needs, Reach reach) {
    this.told = told;
    this.needs = needs;
    this.reach = reach;
  }

  /// Makes it happen. Returns when it has.
  abstract Remedy strike(Scene scene);

  /// How long it stays in a campaign, at least.
  Duration lasts() {
    return Duration.ofSeconds(3);
  }

  boolean isPossible(FaultyCluster cluster) {
    return needs == Needs.NOTHING || cluster.hasMachines();
  }

  /// Ends a fault. Nodes that have to come up may still do so when it returns.
  interface Remedy {
    void apply();
  }

  /// Where a fault strikes.
  ///
  /// @param load what goes on meanwhile
  /// @param nodes whom it strikes; nobody if it strikes the API
  record Scene(FaultyCluster cluster, Campaign load, List<Integer> nodes, Random dice) {
    int[] array() {
      return nodes.stream().mapToInt(Integer::intValue).toArray();
    }

    private void eachMachine(Consumer<Machine> harm) {
      nodes.forEach(node -> harm.accept(cluster.machine(node)));
    }

    /// The parties that were not struck.
    private List<Integer> others(boolean withApi) {
      return IntStream.rangeClosed(withApi ? Network.API : 1, VaultCluster.NODES)
          .filter(party -> !nodes.contains(party))
          .boxed()
          .toList();
    }

    private List<Integer> everybodyElse() {
      return others(true);
    }

    /// Harms what travels between those struck and others.
    ///
    /// @param towards what the others send to them
    /// @param from what they send to the others
    private Remedy on(List<Integer> others, boolean towards, boolean from, Consumer<Wire> harm) {
      List<Wire> wires = new ArrayList<>();
      for (int node : nodes) {
        for (int other : others) {
          if (towards) {
            wires.addAll(cluster.network().wires(other, node));
          }
          if (from) {
            wires.addAll(cluster.network().wires(node, other));
          }
        }
      }
      wires.forEach(harm);
      return () -> wires.forEach(Wire::mend);
    }

    private Remedy shiftClocks(Duration by) {
      eachMachine(
          machine -> machine.shiftClock(FaultyCluster.CLOCK_AHEAD_SECONDS + by.toSeconds()));
      return () -> eachMachine(machine -> machine.shiftClock(FaultyCluster.CLOCK_AHEAD_SECONDS));
    }

    /// The API's clock says how old an Idempotency-Key is. Between tries under one key it must not
    /// jump beyond the time for which keys are kept: it jumps while nobody asks.
    private Remedy shiftApiClock(Duration by) {
      Machine machine = cluster.machine(Network.API);
      load.whileNobodyAsks(
          () -> machine.shiftClock(FaultyCluster.CLOCK_AHEAD_SECONDS + by.toSeconds()));
      return () -> machine.shiftClock(FaultyCluster.CLOCK_AHEAD_SECONDS);
    }

    /// Kills the node and lets it forget, if the others can do without what it knows: otherwise it
    /// has only been killed.
    private Remedy forgetting(Forgetting forgetting) {
      int node = nodes.getFirst();
      cluster.kill(node);
      AtomicReference<Remedy> remedy = new AtomicReference<>(() -> cluster.launch(node));
      load.whileNobodyAsks(() -> {
        if (cluster.canSpareMemoryOf(node, load.names())) {
          remedy.set(forgetting.on(cluster, node));
        }
      });
      return remedy.get();
    }
  }

  /// What becomes of the files of a node that is down.
  private interface Forgetting {
    Remedy on(FaultyCluster cluster, int node);
  }

  private static List<Path> dataFiles(FaultyCluster cluster, int node) {
    return MarkerScan.files(cluster.dataDirectory(node)).stream()
        .filter(file -> file.toFile().length() > 0)
        .sorted()
        .toList();
  }

  private static void flipBit(Path file, Random dice) {
    try {
      byte[] content = Files.readAllBytes(file);
      content[dice.nextInt(content.length)] ^= (byte) (1 << dice.nextInt(Byte.SIZE));
      Path _ = Files.write(file, content, StandardOpenOption.WRITE);
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  private static void copyTree(Path from, Path to) {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path _ = Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }
}
