package io.quorumvault.kit;

import static java.lang.System.Logger.Level.ERROR;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.helidon.security.jwt.jwk.JwkKeys;
import io.quorumvault.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A key set at an identity provider. Fetched at start, every five minutes, and when a token names
/// a key that is not in it, but then at most every ten seconds, so that made-up key ids do not turn
/// into requests. If a fetch fails the last good keys stay in force. Safe for use by several
/// threads: one fetches, the others go on with what is there.
final class RemoteKeys implements TokenKeys {
  private static final System.Logger LOG = System.getLogger(RemoteKeys.class.getName());

  /// A withdrawn key is refused after this long.
  static final Duration REFRESH_INTERVAL = Duration.ofMinutes(5);

  static final Duration UNKNOWN_KEY_INTERVAL = Duration.ofSeconds(10);

  /// A request waits for a fetch at most this long, well below its own deadline.
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(2);

  private final URI location;
  private final LongSupplier nanoTime;
  private final HttpClient client;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile JwkKeys keys;
  private volatile long fetchedAt;
  private @Nullable Bytes document;

  /// @throws IllegalStateException if the first fetch fails: a service must not start without keys
  RemoteKeys(URI location, LongSupplier nanoTime) {
    this.location = location;
    this.nanoTime = nanoTime;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(FETCH_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    try {
      byte[] fetched = fetch();
      this.document = Bytes.copyOf(fetched);
      this.keys = SigningKeys.parse(fetched);
    } catch (IOException | IllegalArgumentException failure) {
      throw new IllegalStateException("key set " + location + " cannot be fetched", failure);
    }
    this.fetchedAt = nanoTime.getAsLong();
  }

  @Override
  public JwkKeys current() {
    return notOlderThan(REFRESH_INTERVAL);
  }

  @Override
  public JwkKeys afterUnknownKey() {
    return notOlderThan(UNKNOWN_KEY_INTERVAL);
  }

  private JwkKeys notOlderThan(Duration age) {
    if (nanoTime.getAsLong() - fetchedAt >= age.toNanos() && fetching.tryLock()) {
      try {
        Bytes fetched = Bytes.copyOf(fetch());
        if (!Objects.equals(fetched, document)) {
          keys = SigningKeys.parse(fetched.toArray());
          document = fetched;
        }
      } catch (IOException | IllegalArgumentException failure) {
        LOG.log(
            ERROR,
            "key set {0} cannot be fetched ({1}); the last good keys stay in force",
            location,
            failure.toString());
      } finally {
        fetchedAt = nanoTime.getAsLong();
        fetching.unlock();
      }
    }
    return keys;
  }

  private byte[] fetch() throws IOException {
    HttpRequest request = HttpRequest.newBuilder(location).build();
    var answer =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), SigningKeys.DOCUMENT_BYTES_MAX));
    try {
      // The client's own timeout would end with the headers; this one covers the body too.
      HttpResponse<byte[]> response = answer.get(FETCH_TIMEOUT.toMillis(), MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      return response.body();
    } catch (ExecutionException failed) {
      throw new IOException(failed.getCause());
    } catch (TimeoutException late) {
      throw new IOException("no answer within " + FETCH_TIMEOUT, late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    } finally {
      answer.cancel(true);
    }
  }
}
