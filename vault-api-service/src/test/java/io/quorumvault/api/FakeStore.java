package io.quorumvault.api;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.wire.HistoryAnswer;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListAnswer;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What storage nodes keep together, in memory: the naive twin of the vault, in as few lines as the
/// contract allows.
final class FakeStore {
  private record Version(long number, Instant from, Bytes value, ValueEncoding encoding) {}

  private record Applied(String fingerprint, VersionView version) {}

  private final TreeMap<SecretId, List<Version>> live = new TreeMap<>();
  private final Map<String, Applied> applied = new HashMap<>();
  private Instant latest = Instant.EPOCH;

  synchronized WriteAnswer write(WriteCall call) {
    List<VersionView> before = new ArrayList<>();
    for (WriteCall.Item item : call.items()) {
      Applied done = applied.get(operation(call, item));
      if (done != null) {
        if (!done.fingerprint().equals(fingerprint(call, item))) {
          throw VaultFailure.of(FailureCode.IDEMPOTENCY_KEY_REUSED, "another request had this key");
        }
        before.add(done.version());
      }
    }
    if (before.size() == call.items().size()) {
      return new WriteAnswer(before, true);
    }
    if (!before.isEmpty()) {
      throw VaultFailure.of(FailureCode.IDEMPOTENCY_KEY_REUSED, "another request had this key");
    }
    call.items().forEach(item -> check(call, item));
    checkNew(call);
    List<VersionView> made = new ArrayList<>();
    for (WriteCall.Item item : call.items()) {
      VersionView version = write(call, item);
      applied.put(operation(call, item), new Applied(fingerprint(call, item), version));
      made.add(version);
    }
    return new WriteAnswer(made, false);
  }

  /// As if the keys of earlier writes had expired.
  synchronized void forgetKeys() {
    applied.clear();
  }

  private void checkNew(WriteCall call) {
    if (call.kind() == WriteKind.CREATE) {
      List<Violation> existing =
          call.items().stream()
              .filter(item -> live.containsKey(new SecretId(call.namespace(), item.name())))
              .map(item ->
                  new Violation(
                      "name", "secret-already-exists", "There is.", null, null, item.name().text()))
              .toList();
      if (!existing.isEmpty()) {
        throw VaultFailure.withViolations(
            FailureCode.SECRET_ALREADY_EXISTS, "there is one", existing);
      }
    }
  }

  private void check(WriteCall call, WriteCall.Item item) {
    List<Version> versions = live.get(new SecretId(call.namespace(), item.name()));
    if (call.kind() != WriteKind.CREATE && versions == null) {
      throw VaultFailure.of(FailureCode.SECRET_NOT_FOUND, "there is none");
    }
    if (item.ifMatch() != null
        && versions != null
        && item.ifMatch() != versions.getLast().number()) {
      throw VaultFailure.of(FailureCode.VERSION_MISMATCH, "another version is current");
    }
  }

  private VersionView write(WriteCall call, WriteCall.Item item) {
    SecretId id = new SecretId(call.namespace(), item.name());
    if (call.kind() == WriteKind.DELETE) {
      List<Version> ended = existing(call.namespace(), item.name());
      live.remove(id);
      return view(item.name(), ended, ended.size() - 1);
    }
    List<Version> versions = live.computeIfAbsent(id, name -> new ArrayList<>());
    SecretValue value = item.value();
    ValueEncoding encoding = item.encoding();
    if (value == null || encoding == null) {
      throw new IllegalStateException("a write without a value passed the record's check");
    }
    latest = call.requestTime().isAfter(latest) ? call.requestTime() : latest.plusMillis(1);
    versions.add(
        new Version(versions.size() + 1, latest, Bytes.copyOf(value.exposeCopy()), encoding));
    return view(item.name(), versions, versions.size() - 1);
  }

  synchronized ReadAnswer read(ReadCall call) {
    List<ReadAnswer.Item> items = new ArrayList<>();
    long bytes = 0;
    for (ReadCall.Item item : call.items()) {
      List<Version> versions = live.get(new SecretId(call.namespace(), item.name()));
      int index = versions == null ? -1 : index(versions, item);
      if (versions == null || index < 0) {
        items.add(
            new ReadAnswer.Missing(
                versions == null ? FailureCode.SECRET_NOT_FOUND : FailureCode.VERSION_NOT_FOUND));
        continue;
      }
      Version version = versions.get(index);
      bytes += version.value().length();
      items.add(
          new ReadAnswer.Revealed(
              view(item.name(), versions, index),
              SecretValue.owning(version.value().toArray()),
              version.encoding()));
    }
    if (call.values() && bytes > Limits.ENV_OUTPUT_BYTES_MAX) {
      throw VaultFailure.of(FailureCode.PAYLOAD_TOO_LARGE, "too long together");
    }
    ReadAnswer answer = new ReadAnswer(items);
    return call.values() && !answer.incomplete() ? answer : withoutValues(answer);
  }

  private static ReadAnswer withoutValues(ReadAnswer answer) {
    return new ReadAnswer(
        answer.items().stream()
            .map(item ->
                item instanceof ReadAnswer.Revealed revealed
                    ? new ReadAnswer.Present(revealed.version())
                    : item)
            .toList());
  }

  synchronized HistoryAnswer history(HistoryCall call) {
    List<Version> versions = existing(call.namespace(), call.name());
    List<VersionView> page = new ArrayList<>();
    for (int index = versions.size() - 1; index >= 0; index--) {
      boolean asked =
          call.belowVersion() == 0 || versions.get(index).number() < call.belowVersion();
      if (asked && page.size() == call.limit()) {
        return new HistoryAnswer(page, false);
      }
      if (asked) {
        page.add(view(call.name(), versions, index));
      }
    }
    return new HistoryAnswer(page, true);
  }

  synchronized ListAnswer list(ListCall call) {
    List<ListAnswer.Listed> page = new ArrayList<>();
    SecretName after = call.after();
    for (Map.Entry<SecretId, List<Version>> secret : live.entrySet()) {
      SecretName name = secret.getKey().name();
      if (!secret.getKey().namespace().equals(call.namespace())
          || !name.text().startsWith(call.prefix())
          || (after != null && name.compareTo(after) <= 0)) {
        continue;
      }
      if (page.size() == call.limit()) {
        return new ListAnswer(page, page.getLast().name());
      }
      Version current = secret.getValue().getLast();
      page.add(new ListAnswer.Listed(name, current.number(), current.from()));
    }
    return new ListAnswer(page, null);
  }

  /// How many versions the live secret has, 0 if there is none.
  synchronized int versions(String namespace, String name) {
    return Optional.ofNullable(live.get(SecretId.of(namespace, name))).map(List::size).orElse(0);
  }

  private List<Version> existing(Namespace namespace, SecretName name) {
    List<Version> versions = live.get(new SecretId(namespace, name));
    if (versions == null) {
      throw VaultFailure.of(FailureCode.SECRET_NOT_FOUND, "there is none");
    }
    return versions;
  }

  private static int index(List<Version> versions, ReadCall.Item item) {
    Long number = item.version();
    Instant at = item.at();
    for (int index = versions.size() - 1; index >= 0; index--) {
      Version version = versions.get(index);
      boolean asked =
          number != null ? version.number() == number : at == null || !version.from().isAfter(at);
      if (asked) {
        return index;
      }
    }
    return -1;
  }

  private static VersionView view(SecretName name, List<Version> versions, int index) {
    @Nullable Instant to = index + 1 < versions.size() ? versions.get(index + 1).from() : null;
    Version version = versions.get(index);
    return new VersionView(name, version.number(), version.from(), to);
  }

  private static String operation(WriteCall call, WriteCall.Item item) {
    return call.operationId() + "/" + item.name();
  }

  private static String fingerprint(WriteCall call, WriteCall.Item item) {
    SecretValue value = item.value();
    return call.kind()
        + "/"
        + call.namespace()
        + "/"
        + item.name()
        + "/"
        + item.ifMatch()
        + "/"
        + (value == null
            ? ""
            : item.generated() ? value.length() : Bytes.copyOf(value.exposeCopy()));
  }
}
