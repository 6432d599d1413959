package io.quorumvault.system;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Gives tests their cluster. At most one runs at a time: it goes when a test wants the other kind,
/// and at the end. When a test fails, the ends of its logs are told and its directory is kept.
final class Clusters
    implements ParameterResolver, TestExecutionExceptionHandler, AfterTestExecutionCallback {
  /// The cluster that runs.
  private static final class Current implements AutoCloseable {
    private ClusterTest.@Nullable Kind kind;
    private @Nullable VaultCluster cluster;
    private @Nullable FaultyCluster faulty;

    /// What does not start once is not tried for every test.
    private final Set<ClusterTest.Kind> unable = EnumSet.noneOf(ClusterTest.Kind.class);

    VaultCluster of(ClusterTest.Kind wanted) {
      VaultCluster running = cluster;
      if (running != null && kind == wanted) {
        return running;
      }
      close();
      if (unable.contains(wanted)) {
        throw new IllegalStateException("a " + wanted + " cluster did not start before");
      }
      unable.add(wanted);
      VaultCluster started = VaultCluster.start(wanted.name().toLowerCase(Locale.ROOT));
      unable.remove(wanted);
      cluster = started;
      kind = wanted;
      return started;
    }

    FaultyCluster faulty(ClusterTest.Kind wanted) {
      VaultCluster running = of(wanted);
      FaultyCluster taken = faulty;
      if (taken == null) {
        taken =
            wanted == ClusterTest.Kind.LOUD
                ? FaultyCluster.loud(running, FaultMixIT.seed())
                : FaultyCluster.over(running, FaultMixIT.seed());
        faulty = taken;
      }
      return taken;
    }

    @Override
    public void close() {
      FaultyCluster harmed = faulty;
      faulty = null;
      if (harmed != null) {
        harmed.close();
      }
      VaultCluster running = cluster;
      cluster = null;
      kind = null;
      if (running != null) {
        running.close();
        System.out.println(
            "Requests asked again because the machine was too slow: "
                + VaultClient.ASKED_AGAIN.getAndSet(0));
      }
    }
  }

  private static Current current(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(Clusters.class))
        .computeIfAbsent(Current.class, _ -> new Current(), Current.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> wanted = parameter.getParameter().getType();
    return wanted == VaultCluster.class || wanted == FaultyCluster.class;
  }

  @Override
  public AutoCloseable resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ClusterTest wanted = context.getRequiredTestClass().getAnnotation(ClusterTest.class);
    if (wanted == null) {
      throw new IllegalStateException("say which cluster with @ClusterTest");
    }
    Current current = current(context);
    return parameter.getParameter().getType() == FaultyCluster.class
        ? current.faulty(wanted.value())
        : current.of(wanted.value());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    VaultCluster cluster = current(context).cluster;
    if (cluster != null) {
      cluster.keep();
      System.err.println(
          context.getDisplayName() + " failed: " + failure + "\n" + cluster.logTails());
    }
    throw failure;
  }

  /// A test that failed half-way through harming the cluster must not fail the next one too.
  @Override
  public void afterTestExecution(ExtensionContext context) {
    Current current = current(context);
    if (context.getExecutionException().isPresent() && current.kind != ClusterTest.Kind.HEALTHY) {
      current.close();
    }
  }
}
