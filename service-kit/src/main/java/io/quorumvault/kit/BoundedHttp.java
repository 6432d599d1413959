package io.quorumvault.kit;

import io.helidon.common.Weight;
import io.helidon.common.Weighted;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// HTTP/1.1 as the web server speaks it, with what it does not bound bounded: how long one request
/// may take from its first byte to the end of its answer, and how many bytes it may have.
///
/// The web server waits for each byte by itself, so a caller that sends or takes one now and then
/// keeps a connection, and what is behind it, for days; and it reads the line with a chunk's size
/// up to its end, however far that is (Helidon 4.3, `Http1Connection.readNextChunk`). Here whoever
/// is too slow or sends too much loses the connection.
///
/// Found by the web server of both services by its name, before its own.
@Weight(Weighted.DEFAULT_WEIGHT + 100)
public final class BoundedHttp implements ServerConnectionSelectorProvider<Http1Config> {
  /// No request of ours takes longer than its deadline of 5 s; the largest body or answer takes
  /// most of the rest at 2 Mbit/s. Less where the listener gives an idle connection less.
  static final Duration EXCHANGE_MAX = Duration.ofSeconds(30);

  private static final long LOOK_MILLIS = 500;

  /// Digits and nothing else: others are read as numbers by some and not by others.
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private static final Set<BoundedConnection> OPEN = ConcurrentHashMap.newKeySet();
  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("http-watch").factory());

  static {
    var _ =
        WATCH.scheduleWithFixedDelay(
            () -> OPEN.forEach(BoundedConnection::endIfOverdue),
            LOOK_MILLIS,
            LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Class<Http1Config> protocolConfigType() {
    return Http1Config.class;
  }

  @Override
  public String protocolType() {
    return "http_1_1";
  }

  @Override
  public ServerConnectionSelector create(
      String listener, Http1Config config, ProtocolConfigs protocols) {
    return new Selector(
        Http1ConnectionSelector.builder()
            // Alone: of several listeners, Helidon 4.3 tells none anything.
            .config(Http1Config.builder(config).receiveListeners(List.of(new Heads())).build())
            .build(),
        config.maxPrologueLength() + config.maxHeadersSize());
  }

  /// Takes every connection: what is no HTTP/1.1 is told so.
  private record Selector(Http1ConnectionSelector http, int headBytesMax)
      implements ServerConnectionSelector {
    @Override
    public int bytesToIdentifyConnection() {
      return 0;
    }

    @Override
    public Support supports(BufferData data) {
      return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
      return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
      return new BoundedConnection(context, http, headBytesMax, OPEN);
    }
  }

  /// Hears of each request when its first line and its headers were read.
  private static final class Heads implements Http1ConnectionListener {
    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
      if (context instanceof BoundedConnection connection) {
        connection.requestBegan();
      }
    }

    @Override
    public void headers(ConnectionContext context, Headers headers) {
      if (isFramedDoubtfully(headers)) {
        throw RequestException.builder()
            .type(EventType.BAD_REQUEST)
            .message("Either one Content-Length or chunked, not both.")
            .setKeepAlive(false)
            .build();
      }
    }

    /// Where two readers of one stream can disagree about where a request ends, the second request
    /// in it can be smuggled past one of them (RFC 9112, section 11.2).
    private static boolean isFramedDoubtfully(Headers headers) {
      List<String> encodings = headers.all(HeaderNames.TRANSFER_ENCODING, List::of);
      List<String> lengths = headers.all(HeaderNames.CONTENT_LENGTH, List::of);
      return lengths.size() > 1
          || !lengths.stream().allMatch(length -> LENGTH.matcher(length).matches())
          || encodings.size() > 1
          || (!encodings.isEmpty()
              && (!lengths.isEmpty() || !encodings.getFirst().equalsIgnoreCase("chunked")));
    }
  }
}
