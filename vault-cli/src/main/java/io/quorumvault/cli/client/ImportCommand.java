package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.JsonGenerator;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Progress;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Table;
import io.quorumvault.cli.Terminal;
import io.quorumvault.cli.importing.EnvExport;
import io.quorumvault.cli.importing.Export;
import io.quorumvault.cli.importing.VaultExport;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.DotenvFile;
import io.quorumvault.dotenv.DotenvParser;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.DotenvText;
import io.quorumvault.dotenv.EnvMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Creates secrets from what another store exported.
///
/// The vault creates the secrets of one request all or none (`processEnv`). What fits into one
/// request goes in one; more goes in batches, each under a key derived from one for the whole, so
/// that an import that was interrupted is resumed by the same command with that key.
@Command(
    name = "import",
    description = {
      "Creates secrets from what HashiCorp Vault or OpenBao hold (JSON) or from the variables of a"
          + " .env file. Without --apply it says what it would do, asks the vault whether it could,"
          + " and creates nothing. No values are shown.",
      "",
      "JSON: the answer of vault kv get -format=json; an object of such answers by path; or what"
          + " medusa export --format=json writes.",
      "",
      "A secret's name is the prefix, the path and the key, joined by dots; what no name can have"
          + " becomes _. When two would have one name, nothing is imported.",
      "",
      "  vault kv get -format=json secret/app | qv import - --prefix app --apply",
      "  qv import .env --apply"
    })
public final class ImportCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  /// More than any store of credentials that a person looks after, and what a process of 256 MiB
  /// holds several times over.
  static final int FILE_BYTES_MAX = 16 << 20;

  /// What a request has besides its values: the file made for it, and names.
  private static final int LINE_BYTES = 2 * Limits.NAME_CHARS_MAX + 64;

  private static final String LEAVE_OUT = "--skip-existing leaves out what is in the vault.";

  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
  private Path file = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "KIND", // FORMAT is that of the output, and bash completion goes by these words
      converter = FormatConverter.class,
      completionCandidates = Formats.class,
      description = "vault (JSON) or env (default: by how the file begins).")
  private @Nullable Format format;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "Goes before every name, with a dot behind it.")
  private String prefix = "";

  @Option(names = "--apply", description = "Create the secrets.")
  private boolean apply;

  @Option(
      names = "--skip-existing",
      description = "Leave out names that are in the vault, instead of creating nothing.")
  private boolean skipExisting;

  @Option(
      names = "--skip-empty",
      description = "Leave out what has no value, instead of creating nothing.")
  private boolean skipEmpty;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "At most so many secrets in one request (default: ${DEFAULT-VALUE}).")
  private int batch = Limits.NAMES_PER_TRANSACTION_MAX;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Resume an import that was interrupted, with the key it named.")
  private @Nullable String idempotencyKey;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat output = new OutputFormat();

  /// What a file is written in.
  enum Format {
    VAULT,
    ENV
  }

  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return switch (text) {
        case "vault" -> Format.VAULT;
        case "env" -> Format.ENV;
        default -> throw new TypeConversionException("expected: vault or env");
      };
    }
  }

  static final class Formats implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("vault", "env").iterator();
    }
  }

  /// What became of one secret.
  private record Line(Export.Found found, String result, Optional<Long> version) {}

  public ImportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    check();
    Target target = options.target(surroundings);
    byte[] text = text();
    Format kind = format == null ? guess(text) : format;
    try (Export export = read(text, kind);
        VaultClient vault = VaultClient.to(target)) {
      refuseProblems(export);
      Set<String> existing = skipExisting ? names(vault, target) : Set.of();
      List<Export.Found> wanted =
          export.secrets().stream()
              .filter(found -> !existing.contains(found.name().text()))
              .toList();
      Map<String, Long> versions = send(vault, target, batches(wanted));
      print(kind, lines(export, existing, versions), target);
      return ExitCode.OK.number();
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  private void check() {
    if (batch < 1 || batch > Limits.NAMES_PER_TRANSACTION_MAX) {
      throw CommandFailure.usage(
          "--batch (expected: 1 to " + Limits.NAMES_PER_TRANSACTION_MAX + ")",
          "See qv import --help.");
    }
    if (idempotencyKey != null && !apply) {
      throw CommandFailure.usage(
          "Without --apply nothing is written that could be resumed.", "Add --apply.");
    }
    if (idempotencyKey != null && skipExisting) {
      throw CommandFailure.usage(
          "With --skip-existing there is nothing to resume: what is there is left out.",
          "Leave --idempotency-key out.");
    }
  }

  // The file.

  private byte[] text() {
    Terminal terminal = surroundings.terminal();
    byte[] text;
    try {
      if (file.toString().equals(STANDARD_INPUT)) {
        if (terminal.inputIsTerminal()) {
          throw CommandFailure.usage(
              "Values typed here would be shown.", "Pipe the export in, or name a file.");
        }
        text = terminal.input().readNBytes(FILE_BYTES_MAX + 1);
      } else {
        Path path = surroundings.resolve(file);
        if (Files.isDirectory(path)) {
          throw new IOException("it is a directory");
        }
        try (InputStream input = Files.newInputStream(path)) {
          text = input.readNBytes(FILE_BYTES_MAX + 1);
        }
      }
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The file " + file + " cannot be read: " + EnvFile.reason(unreadable) + ".",
          "Nothing was sent.");
    }
    if (text.length > FILE_BYTES_MAX) {
      Arrays.fill(text, (byte) 0);
      throw CommandFailure.usage(
          "The file " + file + " is larger than " + FILE_BYTES_MAX + " bytes.",
          "Export it in parts, by path.");
    }
    return text;
  }

  /// JSON begins with a bracket, and a variable never does.
  private static Format guess(byte[] text) {
    for (byte one : text) {
      if (one == '{' || one == '[') {
        return Format.VAULT;
      }
      if (one != ' ' && one != '\t' && one != '\r' && one != '\n') {
        return Format.ENV;
      }
    }
    return Format.ENV;
  }

  private Export read(byte[] text, Format kind) {
    return switch (kind) {
      case VAULT -> VaultExport.read(text, prefix, skipEmpty);
      case ENV -> EnvExport.of(variables(text), prefix, skipEmpty);
    };
  }

  private Map<String, byte[]> variables(byte[] text) {
    DotenvFile parsed =
        switch (DotenvText.decode(text)) {
          case DotenvText.Undecodable undecodable ->
              throw refusedRules(List.of(Rule.of(undecodable.problem().violation())));
          case DotenvText.Decoded decoded -> DotenvParser.parse(decoded.content());
        };
    if (!parsed.problems().isEmpty()) {
      throw refusedRules(
          parsed.problems().stream().map(DotenvProblem::violation).map(Rule::of).toList());
    }
    boolean sealed =
        parsed.bindings().stream().anyMatch(binding -> !binding.references().isEmpty());
    if (sealed) {
      throw CommandFailure.usage(
          label() + " has enc() or secret() in it: it is not an export.",
          "Seal it with qv env seal; what it names in secret() is in the vault already.");
    }
    ProgramVariables variables = ProgramVariables.of(parsed);
    if (!variables.problems().isEmpty()) {
      throw refusedRules(variables.problems());
    }
    variables
        .strayLines()
        .forEach(line ->
            surroundings
                .terminal()
                .say(
                    label()
                        + ":"
                        + line
                        + ": warning: the line is not of the form NAME=value and is no secret"));
    return variables.resolve(new byte[0]).orElseThrow();
  }

  private CommandFailure refusedRules(List<Rule> rules) {
    FileInQuestion told = FileInQuestion.sentWhole(label());
    return refused(rules.stream().map(told::finding).toList());
  }

  private String label() {
    return file.toString().equals(STANDARD_INPUT) ? "standard input" : file.toString();
  }

  private void refuseProblems(Export export) {
    if (!export.problems().isEmpty()) {
      throw refused(
          export.problems().stream()
              .map(problem ->
                  label()
                      + ": "
                      + (problem.source().isEmpty() ? "" : problem.source() + ": ")
                      + problem.message())
              .toList());
    }
  }

  private CommandFailure refused(List<String> findings) {
    return CommandFailure.usage(
            label() + " has " + EnvFile.counted(findings.size(), "problem") + ".",
            "Nothing was sent, and nothing will be while there is one.")
        .about(findings);
  }

  // The vault.

  private static Set<String> names(VaultClient vault, Target target) {
    Set<String> names = new HashSet<>();
    Pages.all(vault, (limit, cursor) -> Call.listSecrets(target, null, limit, cursor), "secrets")
        .forEach(secret -> secret.text("name").ifPresent(names::add));
    return names;
  }

  /// As few requests as hold them, in order. The same secrets give the same requests.
  private List<List<Export.Found>> batches(List<Export.Found> wanted) {
    List<List<Export.Found>> batches = new ArrayList<>();
    List<Export.Found> current = new ArrayList<>();
    long bytes = 0;
    for (Export.Found found : wanted) {
      long size = encodedLength(found) + LINE_BYTES;
      if (!current.isEmpty()
          && (current.size() == batch || bytes + size > Limits.REQUEST_BYTES_MAX)) {
        batches.add(current);
        current = new ArrayList<>();
        bytes = 0;
      }
      current.add(found);
      bytes += size;
    }
    if (!current.isEmpty()) {
      batches.add(current);
    }
    return batches;
  }

  private static long encodedLength(Export.Found found) {
    byte[] value = found.value().exposeCopy();
    long length = 2;
    for (byte one : value) {
      boolean short2 =
          one == '"'
              || one == '\\'
              || one == '\n'
              || one == '\r'
              || one == '\t'
              || one == '\b'
              || one == '\f';
      length += short2 ? 2 : one >= 0 && one < ' ' ? 6 : 1;
    }
    Arrays.fill(value, (byte) 0);
    return length;
  }

  /// @return the version of each name that was created
  private Map<String, Long> send(
      VaultClient vault, Target target, List<List<Export.Found>> batches) {
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    int total = batches.stream().mapToInt(List::size).sum();
    Map<String, Long> versions = new HashMap<>();
    int done = 0;
    try (Progress progress =
        Progress.of(
            surroundings.terminal(), apply ? "Importing secrets" : "Checking secrets", total)) {
      for (int number = 1; number <= batches.size(); number++) {
        List<Export.Found> next = batches.get(number - 1);
        try (Call call = call(target, next, key + "." + number);
            Answer answer = vault.send(call);
            EnvReport report = EnvReport.of(answer)) {
          report
              .created()
              .forEach(created ->
                  created.version().ifPresent(version -> versions.put(created.name(), version)));
        } catch (CommandFailure failed) {
          throw interrupted(failed, done, total, key, batches.size());
        }
        done += next.size();
        progress.reached(done);
      }
    }
    return versions;
  }

  private Call call(Target target, List<Export.Found> secrets, String key) {
    byte[] content = content(secrets);
    byte[] values = values(secrets);
    Call call =
        apply
            ? Call.writeEnv(target, EnvBody.of(content, values, EnvMode.SEAL, Dialect.POSIX), key)
            : Call.readEnv(
                target,
                EnvBody.of(content, values, EnvMode.SEAL, Dialect.POSIX, EnvBody.Extra.DRY_RUN));
    return call.about(new FileInQuestion(label(), rule -> origin(rule, secrets)));
  }

  /// What the vault says of the file that was made for it, said of the one that was given.
  private static Rule origin(Rule rule, List<Export.Found> secrets) {
    Long line = rule.line();
    String source =
        line == null || line < 1 || line > secrets.size()
            ? rule.field()
            : secrets.get(Math.toIntExact(line) - 1).source();
    // The vault speaks of the file that was made for it, which nobody has seen.
    boolean taken = FailureCode.SECRET_ALREADY_EXISTS.text().equals(rule.code());
    String message = taken ? "there is a secret of this name already" : rule.message();
    return new Rule(source, rule.code(), message, null, null, rule.name());
  }

  /// A file that asks for each secret in a line of its own.
  private static byte[] content(List<Export.Found> secrets) {
    String variable = "V";
    while (anyBegins(secrets, variable)) {
      variable += "_"; // A variable of a secret's name would be taken for its value.
    }
    StringBuilder content = new StringBuilder();
    for (int line = 1; line <= secrets.size(); line++) {
      content
          .append(variable)
          .append(line)
          .append("=enc(")
          .append(secrets.get(line - 1).name())
          .append(")\n");
    }
    return content.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean anyBegins(List<Export.Found> secrets, String text) {
    return secrets.stream().anyMatch(found -> found.name().text().startsWith(text));
  }

  private static byte[] values(List<Export.Found> secrets) {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    try (JsonGenerator generator = JsonObject.FACTORY.createGenerator(values)) {
      generator.writeStartObject();
      for (Export.Found found : secrets) {
        byte[] value = found.value().exposeCopy();
        generator.writeFieldName(found.name().text());
        generator.writeUTF8String(value, 0, value.length);
        Arrays.fill(value, (byte) 0);
      }
      generator.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return values.toByteArray();
  }

  private CommandFailure interrupted(
      CommandFailure failed, int done, int total, String key, int batches) {
    boolean taken =
        failed.findings().stream()
            .anyMatch(finding -> finding.contains(FailureCode.SECRET_ALREADY_EXISTS.text()));
    String said =
        taken
            ? "Of the names in it, " + failed.findings().size() + " are in the vault already."
            : failed.message();
    if (!apply) {
      return taken
          ? CommandFailure.of(failed.exitCode(), said, LEAVE_OUT).about(failed.findings())
          : failed;
    }
    String message =
        said
            + "\n"
            + (done == 0
                ? failed.exitCode() == ExitCode.UNKNOWN ? "" : "Nothing was created."
                : done
                    + " of the "
                    + total
                    + " secrets are in the vault"
                    + (failed.exitCode() == ExitCode.UNKNOWN
                        ? "; of the next batch it is not known."
                        : ", and nothing of the batch after them."));
    boolean resumable =
        failed.exitCode() == ExitCode.UNKNOWN || (done > 0 && failed.exitCode() == ExitCode.SERVER);
    String next =
        resumable
            ? "Run the same command with the same file once more, adding\n  --idempotency-key "
                + key
                + "\nwithin 24 hours: it goes on where this one ended and creates nothing twice."
            : failed.exitCode() == ExitCode.REFUSED && (taken || batches > 1)
                ? "Mend the cause. " + LEAVE_OUT
                : failed.next().orElse("Nothing was created; mend the cause and try again.");
    return CommandFailure.of(failed.exitCode(), message.strip(), next).about(failed.findings());
  }

  // The report.

  private List<Line> lines(Export export, Set<String> existing, Map<String, Long> versions) {
    return export.secrets().stream()
        .map(found -> {
          String name = found.name().text();
          return new Line(
              found,
              existing.contains(name) ? "exists" : apply ? "created" : "would-create",
              Optional.ofNullable(versions.get(name)));
        })
        .toList();
  }

  private void print(Format kind, List<Line> lines, Target target) {
    long left = lines.stream().filter(line -> line.result().equals("exists")).count();
    long made = lines.size() - left;
    if (output.isJson()) {
      OutputFormat.print(
          surroundings,
          JsonObject.builder()
              .with("file", label())
              .with("format", kind == Format.VAULT ? "vault" : "env")
              .with("namespace", target.namespace().text())
              .with("applied", apply)
              .with("created", apply ? made : 0)
              .with("existing", left)
              .with("secrets", lines.stream().map(ImportCommand::document).toList())
              .build());
      return;
    }
    Table table = Table.of("FROM", "NAME", "RESULT");
    for (Line line : lines) {
      table.row(line.found().source(), line.found().name().text(), line.result().replace('-', ' '));
    }
    Terminal terminal = surroundings.terminal();
    table.print(terminal);
    String existing = left == 0 ? "" : ", " + left + " left out that are there";
    terminal.say(
        apply
            ? "Created "
                + made
                + " of "
                + lines.size()
                + " in "
                + target.namespace()
                + existing
                + "."
            : "Nothing was created. With --apply "
                + EnvFile.counted(Math.toIntExact(made), "secret")
                + " would be, in "
                + target.namespace()
                + existing
                + ".");
  }

  private static JsonObject document(Line line) {
    JsonObject.Builder document =
        JsonObject.builder()
            .with("from", line.found().source())
            .with("name", line.found().name().text())
            .with("result", line.result());
    line.version()
        .ifPresentOrElse(
            version -> document.with("version", version), () -> document.withNull("version"));
    return document.build();
  }
}
