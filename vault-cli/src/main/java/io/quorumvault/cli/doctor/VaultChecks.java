package io.quorumvault.cli.doctor;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.Check;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.client.TargetOptions;
import io.quorumvault.cli.dev.DevCell;
import io.quorumvault.kit.DevIssuer;
import io.quorumvault.secret.Namespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What is looked at between here and the vault. Each check needs the ones before it; what cannot
/// be looked at any more says so.
final class VaultChecks {
  /// A local or data-centre connection is made in milliseconds; beyond this nobody is there.
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /// The vault gives up at its own deadline of 5 s and says so; this leaves it the time to.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /// No answer that is looked at here is longer.
  private static final int ANSWER_BYTES_MAX = 1 << 20;

  /// Who starts something long now would see it fail in the middle.
  private static final Duration TOKEN_ENDS_SOON = Duration.ofMinutes(10);

  /// The kinds of names in a certificate that a client looks for (RFC 5280, 4.2.1.6): DNS names and
  /// addresses.
  private static final Set<Integer> HOST_NAMES = Set.of(2, 7);

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  private final Surroundings surroundings;
  private final TargetOptions options;
  private final TargetOptions.Place place;
  private final URI api;
  private final List<Check> checks = new ArrayList<>();

  VaultChecks(Surroundings surroundings, TargetOptions options, TargetOptions.Place place) {
    this.surroundings = surroundings;
    this.options = options;
    this.place = place;
    this.api = place.api();
  }

  List<Check> all() {
    Optional<SSLContext> tls = connect();
    if (tls.isPresent()) {
      ask(tls.get());
    } else {
      for (String name : List.of("api", "clock")) {
        checks.add(Check.skipped(name, "there is no connection"));
      }
      Optional<String> token = token(surroundings.clock().instant());
      token.ifPresent(_ -> checks.add(Check.skipped("access", "there is no connection")));
    }
    return checks;
  }

  // The connection.

  private Optional<SSLContext> connect() {
    String host = api.getHost().replaceAll("^\\[|]$", "");
    boolean secure = api.getScheme().equals("https");
    int port = api.getPort() >= 0 ? api.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
    InetSocketAddress address;
    try {
      address = new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException unknown) {
      failed(
          "connection",
          ExitCode.SERVER,
          "There is no host of the name " + host + ".",
          "Check --api and QV_API, and this machine's name service.");
      return Optional.empty();
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
    } catch (IOException refused) {
      failed(
          "connection",
          ExitCode.SERVER,
          "Nobody answers at " + host + ", port " + port + ".",
          place.cluster().isPresent()
              ? "See which processes run with qv dev status; start them with qv dev stop, then qv"
                  + " dev."
              : "Check --api and QV_API. If they are right: is the vault up, and does a firewall"
                  + " let you through?");
      return Optional.empty();
    }
    checks.add(Check.ok("connection", host + ", port " + port + " answers"));
    try {
      TrustManager[] judges = judges();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, judges, null);
      if (!secure) {
        checks.add(Check.skipped("certificate", "plain http, which stays on this machine"));
        return Optional.of(context);
      }
      return certificate(host, address, judges) ? Optional.of(context) : Optional.empty();
    } catch (IOException unusable) {
      checks.add(Check.skipped("certificate", "there are no authorities to judge it by"));
      return Optional.empty();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK has no TLS", impossible);
    }
  }

  private TrustManager[] judges() throws IOException, GeneralSecurityException {
    Optional<Path> authorities = options.authorities(surroundings);
    if (authorities.isPresent()) {
      return PemTrust.trust(authorities.get());
    }
    TrustManagerFactory system =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    system.init((KeyStore) null);
    return system.getTrustManagers();
  }

  private boolean certificate(String host, InetSocketAddress address, TrustManager[] judges)
      throws GeneralSecurityException {
    SeenTrust seen = new SeenTrust(judges);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {seen}, null);
    try (Socket plain = new Socket()) {
      plain.connect(address, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
      plain.setSoTimeout(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
      try (SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(plain, host, address.getPort(), false)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
      }
    } catch (IOException refused) {
      checks.add(refused(host, seen));
      return false;
    }
    Instant ends = seen.shown().getFirst().getNotAfter().toInstant();
    Instant now = surroundings.clock().instant();
    checks.add(
        ends.isBefore(now.plus(LocalChecks.EXPIRES_SOON))
            ? Check.warning(
                "certificate",
                "good, and expires on " + ends,
                "Tell whoever runs the vault that it needs a new one.")
            : Check.ok("certificate", "good for " + host + " until " + ends));
    return true;
  }

  private Check refused(String host, SeenTrust seen) {
    if (seen.shown().isEmpty()) {
      return Check.failed(
          "certificate",
          ExitCode.SERVER,
          "What answers at " + api + " does not speak TLS, or no version that is accepted here.",
          "Check the port in --api or QV_API. Plain http is for this machine only.");
    }
    X509Certificate own = seen.shown().getFirst();
    Instant now = surroundings.clock().instant();
    Instant ends = own.getNotAfter().toInstant();
    Instant begins = own.getNotBefore().toInstant();
    if (ends.isBefore(now)) {
      return Check.failed(
          "certificate",
          ExitCode.SERVER,
          "The vault's certificate expired on " + ends + ".",
          "Tell whoever runs the vault that it needs a new one.");
    }
    if (begins.isAfter(now)) {
      return Check.failed(
          "certificate",
          ExitCode.SERVER,
          "The vault's certificate is valid from " + begins + " on, and here it is " + now + ".",
          "Look at this machine's clock first.");
    }
    if (seen.acceptsForSomeName()) {
      return Check.failed(
          "certificate",
          ExitCode.SERVER,
          "The vault's certificate is not for " + host + ", but for " + names(own) + ".",
          "Use one of these names in --api or QV_API; or the certificate needs this one, too.");
    }
    return Check.failed(
        "certificate",
        ExitCode.SERVER,
        "The vault's certificate is from an authority that is not trusted here: "
            + own.getIssuerX500Principal().getName()
            + ".",
        "If that is the vault's own authority, name its certificate with --ca or QV_CA.");
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      List<String> names =
          all == null
              ? List.of()
              : all.stream()
                  .filter(name -> name.get(0) instanceof Integer kind && HOST_NAMES.contains(kind))
                  .map(name -> String.valueOf(name.get(1)))
                  .toList();
      return names.isEmpty() ? "no host at all" : String.join(", ", names);
    } catch (CertificateParsingException unreadable) {
      return "no host at all";
    }
  }

  // The vault.

  private void ask(SSLContext tls) {
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(tls)
            .build()) {
      Optional<Instant> vaultsTime = status(http);
      Optional<String> token = token(vaultsTime.orElseGet(() -> surroundings.clock().instant()));
      if (token.isPresent()) {
        access(http, token.get());
      }
    }
  }

  /// @return what time it is there
  private Optional<Instant> status(HttpClient http) {
    Instant asked = surroundings.clock().instant();
    Optional<HttpResponse<byte[]>> answer = get(http, "/v1/status", null);
    Instant answered = surroundings.clock().instant();
    if (answer.isEmpty()) {
      failed(
          "api",
          ExitCode.SERVER,
          "The API takes connections and does not answer.",
          "Try again in a moment; if it stays so, tell whoever runs the vault.");
      checks.add(Check.skipped("clock", "the API does not answer"));
      return Optional.empty();
    }
    JsonObject status = document(answer.get());
    Optional<String> word = status.text("status");
    if (answer.get().statusCode() != 200 || word.isEmpty()) {
      failed(
          "api",
          ExitCode.SERVER,
          "What answers at "
              + api
              + " is not the vault (HTTP status "
              + answer.get().statusCode()
              + ").",
          "Check --api and QV_API: they take the vault's address, without a path.");
      checks.add(Check.skipped("clock", "the API does not answer"));
      return Optional.empty();
    }
    checks.add(api(word.get(), status));
    try {
      Instant there = Instant.parse(status.text("time").orElse(""));
      checks.add(clock(asked, answered, there));
      return Optional.of(there);
    } catch (DateTimeParseException untold) {
      checks.add(Check.skipped("clock", "the API does not tell its time"));
      return Optional.empty();
    }
  }

  private Check api(String word, JsonObject status) {
    String told =
        word
            + ", reads "
            + (status.isTrue("reads") ? "work" : "do not work")
            + ", writes "
            + (status.isTrue("writes") ? "work" : "do not work")
            + ", version "
            + status.text("version").orElse("unknown");
    String next =
        place.cluster().isPresent()
            ? "See which nodes are up: qv dev status. Start one again: qv dev restart-node I."
            : "Tell whoever runs the vault.";
    if (!status.isTrue("reads") || !status.isTrue("writes")) {
      return Check.failed("api", ExitCode.SERVER, told, next);
    }
    return word.equals("operational") ? Check.ok("api", told) : Check.warning("api", told, next);
  }

  private static Check clock(Instant asked, Instant answered, Instant there) {
    Duration skew =
        there.isBefore(asked)
            ? Duration.between(there, asked)
            : there.isAfter(answered) ? Duration.between(answered, there) : Duration.ZERO;
    if (skew.compareTo(Limits.CLOCK_SKEW_ALARM) <= 0) {
      return Check.ok(
          "clock", "the same as the vault's, to " + Limits.CLOCK_SKEW_ALARM.toSeconds() + " s");
    }
    return Check.warning(
        "clock",
        "This machine's clock is "
            + inWords(skew)
            + (there.isBefore(asked) ? " ahead of" : " behind")
            + " the vault's.",
        "Look at both clocks (timedatectl): by them it is judged whether tokens and certificates"
            + " are valid.");
  }

  /// What a person would say.
  static String inWords(Duration time) {
    if (time.compareTo(Duration.ofMinutes(2)) < 0) {
      return time.toSeconds() + " s";
    }
    if (time.compareTo(Duration.ofHours(2)) < 0) {
      return time.toMinutes() + " min";
    }
    return time.compareTo(Duration.ofDays(2)) < 0 ? time.toHours() + " h" : time.toDays() + " days";
  }

  // The token.

  /// @param now what time it is for the vault, which judges it
  /// @return the token, when the vault can be asked with it
  private Optional<String> token(Instant now) {
    try {
      String token = options.token(surroundings, place);
      checks.add(token(token, now));
      return Optional.of(token);
    } catch (CommandFailure none) {
      checks.add(Check.failed("token", none));
      checks.add(Check.skipped("access", "there is no token"));
      return Optional.empty();
    }
  }

  private Check token(String token, Instant now) {
    Optional<TokenClaims> read = TokenClaims.of(token);
    if (read.isEmpty()) {
      return refusedToken("It is no signed JSON Web Token.", false);
    }
    TokenClaims claims = read.get();
    boolean ours = place.cluster().isPresent();
    String told = claims.inWords();
    if (claims.algorithm().equalsIgnoreCase("none")) {
      return refusedToken("It is not signed.", false);
    }
    if (claims.expires().isEmpty()) {
      return refusedToken("It never expires (" + told + ").", false);
    }
    Instant ends = claims.expires().get();
    if (ends.isBefore(now)) {
      return refusedToken(
          "It expired " + inWords(Duration.between(ends, now)) + " ago (" + told + ").", false);
    }
    Optional<Instant> begins = claims.validFrom().filter(from -> from.isAfter(now));
    if (begins.isPresent()) {
      return refusedToken(
          "It is valid from " + begins.get() + " on (" + told + "); look at the clocks.", false);
    }
    if (ours && !claims.issuer().equals(DevIssuer.NAME)) {
      return refusedToken(
          "It is " + told + "; the dev cluster believes " + DevIssuer.NAME + " alone.", false);
    }
    if (!ours && claims.issuer().equals(DevIssuer.NAME)) {
      return refusedToken("It is the token of a dev cluster, which no other vault takes.", true);
    }
    if (ours && !claims.audience().contains(DevCell.AUDIENCE)) {
      return refusedToken(
          "It is " + told + "; the dev cluster takes those for " + DevCell.AUDIENCE + " alone.",
          false);
    }
    String left = inWords(Duration.between(now, ends).truncatedTo(ChronoUnit.SECONDS));
    if (ends.isBefore(now.plus(TOKEN_ENDS_SOON))) {
      return Check.warning("token", told + ", expires in " + left, fresh(false));
    }
    return Check.ok("token", told + ", valid for another " + left);
  }

  private Check refusedToken(String why, boolean elsewhere) {
    return Check.failed("token", ExitCode.REFUSED, why, fresh(elsewhere));
  }

  private String fresh(boolean elsewhere) {
    String origin = options.origins(surroundings);
    String where = origin.substring(origin.lastIndexOf(' ') + 1);
    if (place.cluster().isPresent() && !elsewhere) {
      return where.startsWith("--") || where.equals("QV_TOKEN")
          ? "Leave " + where + " out: the dev cluster has a token of its own. Or get one: qv token."
          : "Start the cluster again, which makes a new one: qv dev stop, then qv dev.";
    }
    return "Get a fresh one from whoever issues them, and name it with --token-file or QV_TOKEN.";
  }

  private void access(HttpClient http, String token) {
    Namespace namespace;
    try {
      namespace = options.namespace(surroundings, place);
    } catch (CommandFailure none) {
      checks.add(Check.failed("access", none));
      return;
    }
    Optional<HttpResponse<byte[]>> answer =
        get(http, "/v1/namespaces/" + namespace + "/secrets?limit=1", token);
    if (answer.isEmpty()) {
      failed(
          "access",
          ExitCode.SERVER,
          "The API does not answer a request with the token.",
          "Try again in a moment; if it stays so, tell whoever runs the vault.");
      return;
    }
    String code = document(answer.get()).text("code").orElse("");
    int status = answer.get().statusCode();
    if (status == 200) {
      checks.add(Check.ok("access", "the secrets of " + namespace + " can be listed"));
    } else if (code.equals(FailureCode.FORBIDDEN.text())) {
      checks.add(
          Check.warning(
              "access",
              "the token is taken, and the policy does not let its subject list " + namespace,
              "That is well if it shall not; else check what the policy gives the subject."));
    } else if (code.equals(FailureCode.NAMESPACE_NOT_FOUND.text())) {
      failed(
          "access",
          ExitCode.NOT_FOUND,
          "The token is taken, and for its subject there is no namespace " + namespace + ".",
          "Check --namespace and QV_NAMESPACE, and what the policy gives the subject.");
    } else if (status == FailureCode.UNAUTHENTICATED.status()) {
      failed(
          "access",
          ExitCode.REFUSED,
          "The vault does not take the token.",
          "See the check of the token: is it of the issuer and for the audience that this vault is"
              + " set up with, and signed with a key it knows?");
    } else {
      failed(
          "access",
          ExitCode.SERVER,
          "A list was answered with HTTP status "
              + status
              + (code.isEmpty() ? "" : ", " + code)
              + ".",
          "Try again in a moment; if it stays so, tell whoever runs the vault.");
    }
  }

  private Optional<HttpResponse<byte[]>> get(HttpClient http, String path, @Nullable String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api + path)).timeout(ANSWER_TIMEOUT);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      return Optional.of(
          http.send(
              request.build(),
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX)));
    } catch (IOException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static JsonObject document(HttpResponse<byte[]> answer) {
    try {
      return JsonObject.parse(answer.body());
    } catch (IOException notJson) {
      return JsonObject.builder().build();
    }
  }

  private void failed(String name, ExitCode trouble, String finding, String next) {
    checks.add(Check.failed(name, trouble, finding, next));
  }
}
