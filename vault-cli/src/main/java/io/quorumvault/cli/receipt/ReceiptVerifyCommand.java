package io.quorumvault.cli.receipt;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureReceipt;
import io.quorumvault.erasure.ReceiptCheck;
import io.quorumvault.erasure.ReceiptFlaw;
import io.quorumvault.protocol.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells whether an erasure receipt proves what it says. Needs no vault, no token and no network.
@Command(
    name = "verify",
    description = {
      "Says whether an erasure receipt proves that a secret is destroyed, and which nodes signed"
          + " it.",
      "",
      "It does if so many different nodes of the cell signed it that fewer than the threshold are"
          + " left, and nothing in it is wrong. Ends with 0 then and with 4 otherwise. Certificates"
          + " need to have been valid when the node signed; whether one was revoked is not looked"
          + " up.",
      "",
      "  qv receipt verify receipt.json --ca peer-ca.pem"
    })
public final class ReceiptVerifyCommand implements Callable<Integer> {
  /// A receipt of the largest cell is shorter.
  private static final int RECEIPT_BYTES_MAX = 16 << 20;

  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The receipt.")
  private Path file = Path.of("");

  @Option(
      names = "--ca",
      required = true,
      paramLabel = "FILE",
      description = "PEM certificates of the authorities that the cell's nodes have theirs from.")
  private Path authorities = Path.of("");

  @Mixin private final OutputFormat format = new OutputFormat();

  public ReceiptVerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    List<X509Certificate> trusted = trusted();
    byte[] text = text();
    ErasureReceipt receipt;
    try {
      receipt = ReceiptFile.parse(text);
    } catch (IOException malformed) {
      if (format.isJson()) {
        OutputFormat.print(
            surroundings,
            JsonObject.builder()
                .with("proven", false)
                .with("malformed", String.valueOf(malformed.getMessage()))
                .build());
      } else {
        print(file + ": is NOT an erasure receipt: " + malformed.getMessage());
      }
      return ExitCode.REFUSED.number();
    }
    ReceiptCheck check = ReceiptCheck.of(receipt, trusted);
    if (format.isJson()) {
      OutputFormat.print(surroundings, document(check));
    } else {
      tell(check);
    }
    return (check.proven() ? ExitCode.OK : ExitCode.REFUSED).number();
  }

  private static JsonObject document(ReceiptCheck check) {
    Erasure erasure = check.erasure();
    return JsonObject.builder()
        .with("proven", check.proven())
        .with("cell", String.valueOf(erasure.cell()))
        .with("namespace", String.valueOf(erasure.namespace()))
        .with("name", String.valueOf(erasure.name()))
        .with("version", erasure.version())
        .with("deletedAt", String.valueOf(erasure.deletedAt()))
        .with("nodes", erasure.nodes())
        .with("quorum", erasure.quorum())
        .with("signedBy", check.signers().stream().map(NodeId::toString).toList())
        .with(
            "flaws",
            check.flawed().stream()
                .map(flawed ->
                    JsonObject.builder()
                        .with("node", String.valueOf(flawed.node()))
                        .with("flaw", Objects.requireNonNull(flawed.flaw()).told())
                        .build())
                .toList())
        .build();
  }

  private void tell(ReceiptCheck check) {
    Erasure erasure = check.erasure();
    String secret = erasure.namespace() + "/" + erasure.name() + " of cell " + erasure.cell();
    print(
        check.proven()
            ? file + ": " + secret + " is destroyed, all versions up to " + erasure.version()
            : file + ": does NOT prove that " + secret + " is destroyed");
    print(
        "  deleted at "
            + erasure.deletedAt()
            + ", incarnation "
            + erasure.incarnation()
            + ", position "
            + erasure.seq());
    for (ReceiptCheck.Finding flawed : check.flawed()) {
      ReceiptFlaw flaw = Objects.requireNonNull(flawed.flaw());
      print("  " + flawed.node() + " " + flaw.told());
    }
    String signers =
        check.signers().stream().map(NodeId::toString).collect(Collectors.joining(", "));
    print(
        "  signed by "
            + (signers.isEmpty() ? "none" : signers)
            + " of "
            + erasure.nodes()
            + " nodes; "
            + erasure.quorum()
            + " are enough");
  }

  private List<X509Certificate> trusted() {
    List<X509Certificate> trusted = new ArrayList<>();
    try {
      for (Certificate certificate : PemTrust.certificates(surroundings.resolve(authorities))) {
        if (!(certificate instanceof X509Certificate x509) || x509.getBasicConstraints() < 0) {
          throw new IOException("a certificate in it is not that of an authority");
        }
        trusted.add(x509);
      }
      return trusted;
    } catch (IOException unusable) {
      throw CommandFailure.usage(
          "The certificates in " + authorities + " cannot be used.",
          "--ca takes the authorities of the cell's nodes, in PEM. Of a dev cluster:"
              + " .qv/ca/ca.crt.");
    }
  }

  private byte[] text() {
    try (InputStream input = Files.newInputStream(surroundings.resolve(file))) {
      return input.readNBytes(RECEIPT_BYTES_MAX);
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The file " + file + " cannot be read.", "qv delete NAME --receipt FILE writes one.");
    }
  }

  private void print(String line) {
    surroundings.terminal().print(line);
  }
}
