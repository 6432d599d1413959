package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// One question put to some nodes, and their answers so far. Late answers to earlier rounds are not
/// taken.
final class Round {
  private final int number;
  private final List<Call> calls = new ArrayList<>();
  private final Map<NodeId, Reply> replies = new TreeMap<>();

  private Round(int number) {
    this.number = number;
  }

  static Round ask(
      int number, Collection<NodeId> nodes, Function<NodeId, ? extends Request> question) {
    Round round = new Round(number);
    for (NodeId node : nodes) {
      round.calls.add(new Call(node, number, question.apply(node)));
    }
    return round;
  }

  List<Call> calls() {
    return calls;
  }

  /// Takes a reply if it answers this round; a real answer that comes after "unreachable" replaces
  /// it.
  boolean take(Call call, Reply reply) {
    if (call.round() != number) {
      return false;
    }
    Reply before = replies.get(call.to());
    if (before != null && !(before instanceof Reply.Unreachable)) {
      return false;
    }
    replies.put(call.to(), reply);
    return true;
  }

  Map<NodeId, Reply> replies() {
    return replies;
  }

  int outstanding() {
    return calls.size() - replies.size();
  }

  boolean complete() {
    return outstanding() == 0;
  }

  /// Whether the only answers that are missing are those of such nodes.
  boolean completeBut(Predicate<NodeId> excused) {
    return calls.stream()
        .map(Call::to)
        .allMatch(node -> replies.containsKey(node) || excused.test(node));
  }

  /// The nodes that answered in this way.
  <R extends Reply> Map<NodeId, R> answers(Class<R> kind) {
    Map<NodeId, R> found = new TreeMap<>();
    replies.forEach((node, reply) -> {
      if (kind.isInstance(reply)) {
        found.put(node, kind.cast(reply));
      }
    });
    return found;
  }

  int count(Class<? extends Reply> kind) {
    return answers(kind).size();
  }
}
