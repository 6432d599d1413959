package io.quorumvault.cli.dev;

import io.quorumvault.cli.PemTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Asks the processes of a cluster how they are: nodes over mutual TLS as the operator, the API
/// over plain HTTP on loopback. Safe for use by several threads.
final class HealthProbe implements AutoCloseable {
  /// A process that is well answers in milliseconds, on a machine that is not busy starting others.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  /// The kind of the URI among a certificate's subject alternative names (RFC 5280, 4.2.1.6).
  private static final int URI_NAME = 6;

  /// All metrics of a node are far smaller.
  private static final int ANSWER_BYTES_MAX = 4 << 20;

  /// What is asked.
  enum Question {
    /// Whether it has come up, whatever the others do.
    STARTED("/health/started"),
    /// Whether it can serve.
    READY("/health/ready");

    private final String path;

    Question(String path) {
      this.path = path;
    }
  }

  private final ClusterSettings settings;
  private final HttpClient http;

  HealthProbe(ClusterFolder folder, ClusterSettings settings) throws IOException {
    this.settings = settings;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_TIMEOUT)
            .sslContext(
                PemTrust.mutual(
                    folder.certificate("operator"), folder.key("operator"), folder.authority()))
            .build();
  }

  /// Whether the answer is yes. No answer, or that of somebody else, is no.
  boolean ask(ServiceName service, Question question) {
    URI address = settings.url(service).resolve(question.path);
    try {
      HttpResponse<Void> answer =
          http.send(
              HttpRequest.newBuilder(address).timeout(ANSWER_TIMEOUT).build(),
              BodyHandlers.discarding());
      return answer.statusCode() == 200 && isFrom(service, answer.sslSession());
    } catch (IOException noAnswer) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// What a node says of itself, well or not, and what of it is measured; empty without an answer
  /// of its own.
  Optional<NodeNews> news(ServiceName.Node node) {
    Optional<String> health = text(node, Question.READY.path);
    return health.map(told -> new NodeNews(told, text(node, "/metrics").orElse("")));
  }

  private Optional<String> text(ServiceName.Node node, String path) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(settings.url(node).resolve(path))
                  .timeout(ANSWER_TIMEOUT)
                  .build(),
              BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX));
      return isFrom(node, answer.sslSession()) ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static boolean isFrom(ServiceName service, Optional<SSLSession> session) {
    return switch (service) {
      case ServiceName.Api api -> true;
      case ServiceName.Node node ->
          session
              .filter(tls ->
                  identities(tls)
                      .contains(CertificateIssuer.nodeIdentity(ClusterSettings.CELL, node.index())))
              .isPresent();
    };
  }

  private static List<String> identities(SSLSession session) {
    try {
      Certificate shown = session.getPeerCertificates()[0];
      Collection<List<?>> names =
          shown instanceof X509Certificate x509 ? x509.getSubjectAlternativeNames() : null;
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(URI_NAME))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (SSLPeerUnverifiedException | CertificateParsingException unknown) {
      return List.of();
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
