package io.quorumvault.storage.http;

import io.quorumvault.storage.NodeRuntime;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/// What an orchestrator asks. None of it depends on other nodes, so that no probe takes a node down
/// for its peers.
@ApplicationScoped
public class HealthChecks {
  /// The process answers. A node whose disk fails ends itself.
  @Produces
  @Liveness
  HealthCheck live() {
    return () -> HealthCheckResponse.up("process");
  }

  /// The ledger is open and the node answers greetings.
  @Produces
  @Startup
  HealthCheck started(NodeRuntime node) {
    return () -> HealthCheckResponse.named("ledger").status(node.terms() != null).build();
  }

  /// The node is a member that may speak, can record what it is asked, and no peer refuses it for
  /// being set up differently.
  @Produces
  @Readiness
  HealthCheck ready(NodeRuntime node) {
    return () -> {
      HealthCheckResponseBuilder told =
          HealthCheckResponse.named("member")
              .status(
                  node.participant().serving()
                      && node.audit().writable()
                      && node.disagreeing().isEmpty())
              .withData("serving", node.participant().serving())
              .withData("diskAnswers", node.diskAnswers())
              .withData("joining", node.joining())
              .withData("rolledBack", node.rolledBack())
              .withData("memoryLost", node.memoryLost())
              .withData("sharesFoundDamaged", node.sharesFoundDamaged())
              .withData("peersSetUpDifferently", node.disagreeing().size())
              .withData("auditWritable", node.audit().writable())
              .withData("auditRecordsMissing", node.audit().recordsMissing())
              .withData("auditRecordsContradicted", node.audit().contradictions())
              .withData("auditSegmentsDamaged", node.audit().segmentsDamaged())
              .withData("auditEventsNotRecorded", node.audit().untold())
              .withData("unauthenticatedRequests", node.trail().unauthenticated());
      node.sharesLacking().ifPresent(lacking -> told.withData("sharesLacking", lacking));
      return told.build();
    };
  }
}
