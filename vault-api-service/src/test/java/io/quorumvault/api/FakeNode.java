package io.quorumvault.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ErasureStatement;
import io.quorumvault.erasure.SignedErasure;
import io.quorumvault.kit.TlsIdentity;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.AuditCall;
import io.quorumvault.wire.ConditionAnswer;
import io.quorumvault.wire.ConditionCall;
import io.quorumvault.wire.DenialAnswer;
import io.quorumvault.wire.DenialCall;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.RecordCodec;
import io.quorumvault.wire.Refusal;
import io.quorumvault.wire.StandingAnswer;
import io.quorumvault.wire.WriteCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// One storage node that speaks the internal contract and can be told to misbehave.
final class FakeNode implements AutoCloseable {
  /// How a node behaves.
  sealed interface Mood {
    /// Does what it is asked.
    record Sound() implements Mood {}

    /// Answers every operation with this failure, having done nothing.
    record Refusing(FailureCode code, @Nullable Phase phase) implements Mood {}

    /// Is not active yet.
    record Joining() implements Mood {}

    /// Reads the request and never answers.
    record Hanging() implements Mood {}

    /// Reads the request, never answers, and says that it is not active: its disk hangs.
    record Stalled() implements Mood {}

    /// Lives, and reaches no other node.
    record Alone() implements Mood {}

    /// Does what it is asked and never says so.
    record Mute() implements Mood {}

    /// Says that it lives, and answers once it is told to go on.
    record Busy(CountDownLatch until) implements Mood {}

    /// Drops the connection, having done nothing.
    record Dropping() implements Mood {}

    /// Answers something that is no answer of a node.
    record Babbling(int status, String type, Bytes body) implements Mood {}
  }

  /// What becomes of its signature when it is asked for its part of an erasure receipt.
  enum Pen {
    /// It signs that everything is destroyed.
    SIGNS,
    /// It is older than receipts.
    UNKNOWING,
    /// Somebody else signs in its name.
    FORGED,
    /// It signs the delete of another secret.
    ASTRAY
  }

  /// A request as it arrived.
  record Heard(
      String operation, @Nullable String authorization, @Nullable String requestId, Record call) {}

  private static final String CBOR = "application/cbor";

  private final FakeStore store;
  private final FakeAuditLog auditLog;
  private final int nodes;
  private final int index;
  private final TlsIdentity identity;
  private final SSLContext tls;
  private final InetSocketAddress address;
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final List<DenialCall> denials = new CopyOnWriteArrayList<>();
  private final AtomicInteger standings = new AtomicInteger();
  private volatile Mood mood = new Mood.Sound();
  private volatile Pen pen = Pen.SIGNS;
  private volatile @Nullable Integer margin = 2;
  private volatile @Nullable HttpServer server;

  FakeNode(FakeStore store, int index, int nodes, TlsIdentity identity) {
    this.store = store;
    this.auditLog = new FakeAuditLog(index);
    this.nodes = nodes;
    this.index = index;
    this.identity = identity;
    this.tls = identity.server();
    HttpServer first = server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    this.address = first.getAddress();
    this.server = first;
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + address.getPort());
  }

  /// What it was asked, `standing` left out.
  List<Heard> heard() {
    return heard;
  }

  /// What it was told that the API denied.
  List<DenialCall> denials() {
    return denials;
  }

  /// How often it said how it is.
  int standings() {
    return standings.get();
  }

  void forget() {
    heard.clear();
  }

  void is(Mood next) {
    mood = next;
  }

  void writesWith(Pen next) {
    pen = next;
  }

  /// What it says of the shares that reads met; null for nothing read.
  void met(@Nullable Integer next) {
    margin = next;
  }

  boolean isUp() {
    return server != null;
  }

  /// As if its process had been killed: connections are refused.
  void down() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  void up() {
    if (server == null) {
      server = server(address);
    }
  }

  @Override
  public void close() {
    released.countDown();
    down();
  }

  private HttpServer server(InetSocketAddress at) {
    try {
      HttpsServer made = HttpsServer.create(at, 0);
      made.setHttpsConfigurator(
          new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters connection) {
              SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
              parameters.setEndpointIdentificationAlgorithm(null);
              parameters.setNeedClientAuth(true);
              connection.setSSLParameters(parameters);
            }
          });
      made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      made.createContext("/internal/v1/operations/", this::handle);
      made.start();
      return made;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String operation = path.substring(path.lastIndexOf('/') + 1);
    byte[] body = exchange.getRequestBody().readAllBytes();
    Mood now = mood;
    if (operation.equals("standing") && !(now instanceof Mood.Hanging)) {
      boolean active = !(now instanceof Mood.Joining || now instanceof Mood.Stalled);
      standings.incrementAndGet();
      boolean reaches = active && !(now instanceof Mood.Alone);
      send(exchange, 200, new StandingAnswer(active, reaches ? nodes : 0, nodes, reaches, reaches));
      return;
    }
    if (now instanceof Mood.Dropping) {
      exchange.close();
      return;
    }
    if (now instanceof Mood.Hanging) {
      hang();
      return;
    }
    if (operation.equals("denial")) {
      DenialCall denial = RecordCodec.decode(DenialCall.class, body);
      denials.add(denial);
      send(exchange, 200, new DenialAnswer(denial.items().size()));
      return;
    }
    try {
      Record call = call(operation, body);
      heard.add(
          new Heard(
              operation,
              exchange.getRequestHeaders().getFirst("Authorization"),
              exchange.getRequestHeaders().getFirst("X-Request-Id"),
              call));
      if (now instanceof Mood.Joining && call instanceof ConditionCall) {
        send(exchange, 200, new ConditionAnswer(false, null, null));
        return;
      }
      switch (now) {
        case Mood.Refusing(FailureCode code, Phase phase) ->
            throw VaultFailure.of(code, phase, "as told: node-1 of 5 has no quorum", List.of());
        case Mood.Alone _ ->
            throw VaultFailure.of(FailureCode.INSUFFICIENT_SHARES, "this node is alone");
        case Mood.Joining _ ->
            throw VaultFailure.inPhase(
                FailureCode.WRITE_NOT_ACCEPTED, Phase.VOTING, "this node is joining");
        case Mood.Babbling(int status, String type, Bytes content) -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(status, content.length() == 0 ? -1 : content.length());
          exchange.getResponseBody().write(content.toArray());
          exchange.close();
          return;
        }
        case Mood.Busy(CountDownLatch until) -> await(until);
        case Mood.Stalled _ -> {
          hang();
          return;
        }
        default -> {}
      }
      Record answer = answer(call);
      if (now instanceof Mood.Mute) {
        hang();
        return;
      }
      send(exchange, 200, answer);
    } catch (VaultFailure failure) {
      send(exchange, failure.code().status(), Refusal.of(failure));
    }
  }

  private static Record call(String operation, byte[] body) {
    return switch (operation) {
      case "write" -> RecordCodec.decode(WriteCall.class, body);
      case "read" -> RecordCodec.decode(ReadCall.class, body);
      case "history" -> RecordCodec.decode(HistoryCall.class, body);
      case "list" -> RecordCodec.decode(ListCall.class, body);
      case "audit" -> RecordCodec.decode(AuditCall.class, body);
      case "receipt" -> RecordCodec.decode(ReceiptCall.class, body);
      case "condition" -> RecordCodec.decode(ConditionCall.class, body);
      default -> throw new IllegalStateException("no such operation: " + operation);
    };
  }

  private Record answer(Record call) {
    return switch (call) {
      case WriteCall write -> store.write(write);
      case ReadCall read -> store.read(read);
      case HistoryCall history -> store.history(history);
      case ListCall list -> store.list(list);
      case AuditCall audit -> auditLog.page(audit);
      case ReceiptCall receipt -> signed(receipt);
      case ConditionCall _ -> new ConditionAnswer(true, margin, 0L);
      default -> throw new IllegalStateException("no such call");
    };
  }

  private SignedErasure signed(ReceiptCall call) {
    Pen now = pen;
    if (now == Pen.UNKNOWING) {
      throw VaultFailure.of(FailureCode.RESOURCE_NOT_FOUND, "there is nothing here");
    }
    Erasure erasure =
        new Erasure(
            FakeCell.CELL,
            nodes,
            FakeCell.THRESHOLD,
            call.namespace(),
            now == Pen.ASTRAY ? new SecretName("ASTRAY") : call.name(),
            1,
            call.version(),
            call.version() + 1,
            call.deletedAt());
    ErasureSignature signature =
        identity.sign(
            new ErasureStatement(
                erasure, new NodeId(index), Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    if (now == Pen.FORGED) {
      signature =
          new ErasureSignature(
              signature.node(),
              signature.signedAt().plusMillis(1),
              signature.signature(),
              signature.certificates());
    }
    return new SignedErasure(erasure, signature);
  }

  private void hang() {
    await(released);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, Record body) throws IOException {
    byte[] bytes = RecordCodec.encode(body);
    exchange.getResponseHeaders().set("Content-Type", CBOR);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
