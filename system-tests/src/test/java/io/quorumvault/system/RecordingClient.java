package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One client whose operations are recorded. For one thread.
///
/// It asks once, or, insistently, several times under one Idempotency-Key while the outcome is not
/// known or nothing was applied: all that is one operation. "Not applied" speaks of one try; if an
/// earlier one may have been applied, the outcome is unknown. What was acknowledged under a key is
/// now and then sent again, as a network may do: it must be answered the same, and change nothing.
/// An answer that no vault may give in any state fails at once.
final class RecordingClient {
  private static final int TRIES_MAX = 4;

  /// One acknowledged write of so many is sent again.
  private static final int REPEATED_EVERY = 4;

  /// How long it does nothing when it gets no answer: a flood of retries keeps a slow machine slow.
  private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /// The longest page of a listing or history.
  private static final String WHOLE = "?limit=1000";

  private final VaultClient client;
  private final Recorder recorder;
  private final int number;

  /// The newest version of each name that this client knows of: what it insists on, often in vain.
  private final Map<String, Long> known = new HashMap<>();

  private int acknowledged;

  RecordingClient(VaultClient client, Recorder recorder, int number) {
    this.client = client.strict();
    this.recorder = recorder;
    this.number = number;
  }

  void create(String name, boolean insistently) {
    String value = recorder.newValue(number);
    write(
        name, new Call.Create(value), insistently, headers -> client.create(name, value, headers));
  }

  void update(String name, boolean onKnownVersion, boolean insistently) {
    String value = recorder.newValue(number);
    write(
        name,
        new Call.Update(value, expected(name, onKnownVersion)),
        insistently,
        headers -> client.update(name, value, headers));
  }

  void delete(String name, boolean onKnownVersion, boolean insistently) {
    write(
        name,
        new Call.Delete(expected(name, onKnownVersion)),
        insistently,
        headers -> client.delete(name, headers));
  }

  private OptionalLong expected(String name, boolean onKnownVersion) {
    Long version = known.get(name);
    return version == null || !onKnownVersion ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /// Reads the newest version.
  ///
  /// @return whether there was an answer, be it that there is none
  boolean read(String name) {
    long invoked = recorder.now();
    Optional<Answer> answer = answered(() -> client.get(name));
    long returned = recorder.now();
    Optional<Outcome> outcome = answer.flatMap(RecordingClient::seen);
    outcome.ifPresent(one -> {
      if (one instanceof Outcome.Found found) {
        known.put(name, found.version());
      }
      recorder.add(new Operation(number, name, new Call.Read(), one, invoked, returned));
    });
    return outcome.isPresent();
  }

  /// Reads a version that there was once, if this client knows of any.
  void readVersion(String name, Random dice) {
    Long newest = known.get(name);
    if (newest == null) {
      return;
    }
    long version = 1 + dice.nextLong(newest);
    long invoked = recorder.now();
    Optional<Answer> answer = answered(() -> client.getVersion(name, version));
    answer.ifPresent(one -> {
      if (one.status() == 200) {
        assertEquals(version, one.version(), () -> one + " is another version");
        see(name, "version " + version, version, false, Optional.of(one.valueText()), invoked);
      } else if (one.isProblem("secret-not-found")) {
        see(name, "version " + version, 0, false, Optional.empty(), invoked);
      } else {
        assertTrue(
            one.isProblem("version-not-found") || refusesHonestly(one),
            () -> "a read was answered " + one);
      }
    });
  }

  /// Lists the versions of a secret.
  void readHistory(String name) {
    long invoked = recorder.now();
    answered(() -> client.versions(name, WHOLE))
        .ifPresent(one -> {
          if (one.status() == 200) {
            List<JsonObject> versions =
                one.json().getJsonArray("versions").getValuesAs(JsonObject.class);
            Histories.assertTouching(versions);
            see(name, "history", versions.size(), true, Optional.empty(), invoked);
          } else if (one.isProblem("secret-not-found")) {
            see(name, "history", 0, true, Optional.empty(), invoked);
          } else {
            assertTrue(refusesHonestly(one), () -> "a history was answered " + one);
          }
        });
  }

  /// Lists the secrets with a prefix.
  ///
  /// @param names all those that there can be
  void list(String prefix, List<String> names) {
    long invoked = recorder.now();
    answered(() -> client.list(WHOLE + "&prefix=" + prefix))
        .ifPresent(one -> {
          if (one.status() == 200) {
            Map<String, Long> there = new HashMap<>();
            for (JsonObject secret :
                one.json().getJsonArray("secrets").getValuesAs(JsonObject.class)) {
              there.put(secret.getString("name"), secret.getJsonNumber("version").longValueExact());
            }
            for (String name : names) {
              see(name, "listing", there.getOrDefault(name, 0L), true, Optional.empty(), invoked);
            }
          } else {
            assertTrue(refusesHonestly(one), () -> "a listing was answered " + one);
          }
        });
  }

  private void see(
      String name,
      String asked,
      long version,
      boolean newest,
      Optional<String> value,
      long invoked) {
    recorder.add(
        new Sighting(number, name, asked, version, newest, value, invoked, recorder.now()));
  }

  private static Optional<Outcome> seen(Answer answer) {
    if (answer.status() == 200) {
      return Optional.of(new Outcome.Found(answer.version(), answer.valueText()));
    }
    if (answer.isProblem("secret-not-found")) {
      return Optional.of(Outcome.Without.NOT_FOUND);
    }
    assertTrue(refusesHonestly(answer), () -> "a read was answered " + answer);
    return Optional.empty();
  }

  /// Seals a file that creates all these names.
  void create(List<String> names, boolean insistently) {
    Map<String, String> values = new HashMap<>();
    names.forEach(name -> values.put(name, recorder.newValue(number)));
    String file =
        values.entrySet().stream()
            .map(one -> one.getKey() + "=enc(" + one.getKey() + ":" + one.getValue() + ")\n")
            .collect(Collectors.joining());
    long invoked = recorder.now();
    Tries tries =
        tried(insistently, List.of(), headers -> client.env("seal", file, Map.of(), headers));
    long returned = tries.returned();
    switch (tries.outcome()) {
      case Outcome.Applied _ -> recorder.add(new Import(number, values, invoked, returned));
      case Outcome.Without.UNKNOWN ->
          recorder.add(new Import(number, values, invoked, Operation.NEVER));
      case Outcome.Without.EXISTS -> {
        for (JsonObject error :
            tries
                .last()
                .orElseThrow()
                .json()
                .getJsonArray("errors")
                .getValuesAs(JsonObject.class)) {
          String name = error.getString("name");
          recorder.add(
              new Operation(
                  number,
                  name,
                  new Call.Create(Optional.ofNullable(values.get(name)).orElseThrow()),
                  Outcome.Without.EXISTS,
                  invoked,
                  returned));
        }
      }
      case Outcome.Without.NOT_APPLIED -> {}
      default -> throw new AssertionError("an import was answered " + tries.last());
    }
  }

  private void write(
      String name, Call call, boolean insistently, Function<String[], Answer> request) {
    List<String> headers = new ArrayList<>();
    OptionalLong expected = Operation.expected(call);
    if (expected.isPresent()) {
      headers.addAll(List.of("If-Match", "\"" + expected.getAsLong() + "\""));
    }
    long invoked = recorder.now();
    Tries tries = tried(insistently, headers, request);
    Outcome outcome = tries.outcome();
    if (outcome instanceof Outcome.Applied applied && applied.version() > 0) {
      known.put(name, applied.version());
    }
    recorder.add(
        new Operation(
            number,
            name,
            call,
            outcome,
            invoked,
            outcome == Outcome.Without.UNKNOWN ? Operation.NEVER : tries.returned()));
  }

  /// What became of all tries, and the answer to the last, which was there by then.
  private record Tries(Outcome outcome, Optional<Answer> last, long returned) {}

  private Tries tried(
      boolean insistently, List<String> headers, Function<String[], Answer> request) {
    List<String> sent = new ArrayList<>(headers);
    if (insistently) {
      sent.addAll(List.of("Idempotency-Key", recorder.newKey(number)));
    }
    boolean mayBeApplied = false;
    Optional<Answer> answer = Optional.empty();
    for (int tries = insistently ? TRIES_MAX : 1; tries > 0; tries--) {
      answer = answered(() -> request.apply(sent.toArray(String[]::new)));
      Outcome outcome = answer.map(RecordingClient::told).orElse(Outcome.Without.UNKNOWN);
      if (outcome == Outcome.Without.UNKNOWN) {
        mayBeApplied = true;
      } else if (outcome != Outcome.Without.NOT_APPLIED) {
        Tries done = new Tries(outcome, answer, recorder.now());
        if (insistently && outcome instanceof Outcome.Applied) {
          repeat(outcome, () -> request.apply(sent.toArray(String[]::new)));
        }
        return done;
      }
    }
    return new Tries(
        mayBeApplied ? Outcome.Without.UNKNOWN : Outcome.Without.NOT_APPLIED,
        answer,
        recorder.now());
  }

  /// Sends again what was applied, every so often.
  private void repeat(Outcome applied, Request request) {
    if (++acknowledged % REPEATED_EVERY != 0) {
      return;
    }
    answered(request)
        .ifPresent(answer -> {
          Outcome again = told(answer);
          boolean refused =
              again == Outcome.Without.UNKNOWN || again == Outcome.Without.NOT_APPLIED;
          assertTrue(
              refused || again.equals(applied),
              () -> "what was answered " + applied + " was sent again and answered " + answer);
        });
  }

  /// What one answer to a write says of this try.
  private static Outcome told(Answer answer) {
    if (answer.status() < 300) {
      boolean made = answer.body().length > 0 && answer.json().containsKey("version");
      return new Outcome.Applied(made ? answer.version() : 0);
    }
    if (answer.isProblem("secret-already-exists")) {
      return Outcome.Without.EXISTS;
    }
    if (answer.isProblem("secret-not-found")) {
      return Outcome.Without.NOT_FOUND;
    }
    if (answer.isProblem("version-mismatch")) {
      return Outcome.Without.MISMATCH;
    }
    assertTrue(
        refusesHonestly(answer) || answer.isProblem("concurrent-write"),
        () -> "a write was answered " + answer);
    return answer.isProblem("rate-limited")
            || answer.json().getString("outcome", "").equals("not-applied")
        ? Outcome.Without.NOT_APPLIED
        : Outcome.Without.UNKNOWN;
  }

  private static boolean refusesHonestly(Answer answer) {
    return List.of(503, 504, 429).contains(answer.status());
  }

  /// A request that may get no answer.
  private interface Request {
    Answer send();
  }

  private static Optional<Answer> answered(Request request) {
    Optional<Answer> answer;
    try {
      answer = Optional.of(request.send());
    } catch (UncheckedIOException noAnswer) {
      answer = Optional.empty();
    }
    if (answer.isEmpty() || refusesHonestly(answer.get())) {
      LockSupport.parkNanos(BACK_OFF_NANOS);
    }
    return answer;
  }
}
