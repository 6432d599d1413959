package io.quorumvault.system;

import io.quorumvault.system.ServedContract.Content;
import io.quorumvault.system.ServedContract.Response;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Says what is wrong with an answer by the contract alone. Safe for use by several threads.
final class ContractJudge {
  /// How a request that reaches no operation is refused; the contract says so for all paths.
  private static final Map<Integer, String> OUTSIDE =
      Map.of(
          404, "resource-not-found",
          405, "method-not-allowed",
          414, "uri-too-long",
          431, "headers-too-large");

  /// What an orderly request is never told.
  private static final Set<Integer> UNFOUNDED = Set.of(400, 401, 406, 413, 415);

  /// Headers of messages and connections, which no description of an API lists.
  private static final Set<String> OF_HTTP =
      Set.of("Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding");

  private final ServedContract contract;

  ContractJudge(ServedContract contract) {
    this.contract = contract;
  }

  /// Nothing if nothing is.
  List<String> faults(FuzzedRequest request, Answer answer) {
    List<String> faults = new ArrayList<>();
    try {
      judge(request, answer, faults);
    } catch (AssertionError | RuntimeException unreadable) {
      faults.add("cannot be read: " + unreadable.getMessage());
    }
    return faults;
  }

  private void judge(FuzzedRequest request, Answer answer, List<String> faults) {
    int status = answer.status();
    if (status == 500) {
      faults.add("the vault failed");
    }
    if (!request.broken().isEmpty() && status < 400) {
      faults.add("taken, although it breaks " + request.broken());
    }
    if (request.orderly() && UNFOUNDED.contains(status)) {
      faults.add("refused, although nothing is wrong with it");
    }
    if (!answer.headers().firstValue("Cache-Control").equals(java.util.Optional.of("no-store"))) {
      faults.add("may be stored on the way");
    }
    if (answer.text().contains(RequestGenerator.MARK) && status >= 400) {
      faults.add("repeats a value");
    }
    boolean outside =
        request.mayMissOperation()
            && OUTSIDE.containsKey(status)
            && answer.isProblem(OUTSIDE.get(status));
    Response described = request.operation().responses().get(status);
    if (outside) {
      faults.addAll(problemFaults(answer));
    } else if (described == null) {
      faults.add("a status that is not documented");
    } else {
      compare(described, answer, faults);
    }
  }

  private void compare(Response described, Answer answer, List<String> faults) {
    described
        .headers()
        .forEach((name, schema) -> {
          String value = answer.headers().firstValue(name).orElse("");
          List<String> violations = contract.violations(schema, contract.typed(schema, value));
          if (value.isEmpty() || !violations.isEmpty()) {
            faults.add("header " + name + ": " + violations);
          }
        });
    Set<String> sent = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    sent.addAll(answer.headers().map().keySet());
    described.headers().keySet().forEach(sent::remove);
    OF_HTTP.forEach(sent::remove);
    if (!sent.isEmpty()) {
      faults.add("headers that are not documented: " + sent);
    }
    if (described.content().isEmpty()) {
      if (answer.body().length > 0) {
        faults.add("a body where there should be none");
      }
      return;
    }
    Content content = described.content().orElseThrow();
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (!type.replaceFirst(";.*", "").equals(content.mediaType())) {
      faults.add("Content-Type " + type);
      return;
    }
    String json =
        content.mediaType().equals("text/plain")
            ? ServedContract.quoted(answer.text())
            : answer.text();
    List<String> violations = contract.violations(content.schema(), json);
    if (!violations.isEmpty()) {
      faults.add("body: " + violations);
    }
    if (answer.status() >= 400) {
      faults.addAll(problemFaults(answer));
      if (!described.codes().contains(answer.json().getString("code", ""))) {
        faults.add("a code that is not documented");
      }
    }
  }

  private List<String> problemFaults(Answer answer) {
    List<String> faults = new ArrayList<>(contract.violations("Problem", answer.text()));
    JsonObject problem = answer.json();
    String code = problem.getString("code", "");
    if (!problem.getString("type", "").equals("urn:quorumvault:problem:" + code)
        || problem.getInt("status", 0) != answer.status()
        || !problem
            .getString("requestId", "")
            .equals(answer.headers().firstValue("X-Request-Id").orElse(""))) {
      faults.add("a problem that does not fit its answer");
    }
    return faults;
  }
}
