package io.quorumvault.api.http;

import static org.eclipse.microprofile.openapi.OASFactory.createSchema;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.Phase;
import io.quorumvault.api.CellView;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.secret.ValueEncoding;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/// The forms of names, numbers and texts in the contract, and of the bodies that are read strictly
/// and so are no records. Annotations refer to them by name.
final class ContractSchemas {
  /// Eighteen digits: what a path and an `If-Match` may say, and more than will ever be written.
  private static final long VERSION_MAX = 999_999_999_999_999_999L;

  private ContractSchemas() {}

  static Map<String, Schema> all() {
    return Map.ofEntries(
        Map.entry(
            "Namespace",
            text("A room for secrets with its own names and its own permissions.")
                .pattern("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
                .minLength(1)
                .maxLength(63)
                .addExample("demo")),
        Map.entry(
            "SecretName",
            text("The name of a secret in its namespace. Case matters.")
                .pattern("^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
                .minLength(1)
                .maxLength(Limits.NAME_CHARS_MAX)
                .addExample("DB_PASSWORD")),
        Map.entry(
            "NamePrefix",
            text("The beginning of secret names; empty for all.")
                .pattern("^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$")
                .maxLength(Limits.NAME_CHARS_MAX)
                .addExample("DB_")),
        Map.entry(
            "Version",
            number("Counts the versions of a secret from 1 on; a secret made anew begins again.")
                .format("int64")
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(VERSION_MAX))
                .addExample(1)),
        Map.entry(
            "Instant",
            text("RFC 3339. In answers UTC with milliseconds.")
                .format("date-time")
                .addExample("2026-11-01T12:00:00.000Z")),
        Map.entry(
            "SecretValue",
            text("1 byte to 1 MiB: the text itself, or the bytes in base64 with padding (RFC"
                    + " 4648, section 4), as encoding says.")
                .format("password")
                .minLength(Limits.VALUE_BYTES_MIN)
                .maxLength(SecretBody.BASE64_CHARS_MAX)
                .addExample("correct horse battery staple")),
        Map.entry(
            "Encoding",
            oneOf(
                    "How bytes are text: as they are (utf-8), or in base64. A value comes back in"
                        + " the encoding it was written with.",
                    Arrays.stream(ValueEncoding.values()).map(ValueEncoding::text).toList())
                .defaultValue(ValueEncoding.UTF_8.text())),
        Map.entry(
            "PageSize",
            number("Entries of one page.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(Limits.PAGE_MAX))
                .defaultValue(Limits.PAGE_DEFAULT)
                .addExample(Limits.PAGE_DEFAULT)),
        Map.entry(
            "Cursor",
            text("Where the next page begins; the nextCursor of the page before. Opaque.")
                .pattern("^[A-Za-z0-9_-]+$")
                .minLength(1)
                .maxLength(Cursor.CHARS_MAX)),
        Map.entry(
            "VersionTag",
            text("The ETag of one version: its number in quotes.")
                .pattern("^\"[1-9][0-9]{0,17}\"$")
                .addExample("\"1\"")),
        Map.entry(
            "IdempotencyKey",
            text("Visible ASCII characters.")
                .pattern("^[!-~]+$")
                .minLength(1)
                .maxLength(Limits.IDEMPOTENCY_KEY_CHARS_MAX)
                .addExample("5f2b7c9e-7d0a-4c43-9a55-1f6f0f6f2f10")),
        Map.entry(
            "Preference",
            text("A list of preferences, of which one is known.")
                .minLength(1)
                .addExample(Conditions.REPRESENTATION)),
        Map.entry("ReceiptFormat", oneOf("What the document is.", List.of(ReceiptDocument.FORMAT))),
        Map.entry(
            "Base64",
            text("Bytes in base64 with padding (RFC 4648, section 4).")
                .pattern("^[A-Za-z0-9+/]+={0,2}$")
                .minLength(1)),
        Map.entry(
            "Certificates",
            createSchema()
                .addType(SchemaType.ARRAY)
                .description(
                    "The certificate of the node first, then those between it and the authority:"
                        + " X.509 in DER. The first has one URI among its names,"
                        + " `urn:quorumvault:<cell>:node:<node>`.")
                .items(ref("Base64"))
                .maxItems(8)),
        Map.entry(
            "RequestId",
            text("Names a request in answers and logs.")
                .pattern("^[A-Za-z0-9._-]+$")
                .minLength(1)
                .maxLength(128)
                .addExample(ContractParts.REQUEST_ID_EXAMPLE)),
        Map.entry(
            "AuditSequence",
            number("Counts the records of one node's log from 1 on, without a gap.")
                .format("int64")
                .minimum(BigDecimal.ONE)
                .addExample(812)),
        Map.entry(
            "AuditNode",
            number("The node that made the record.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(Limits.NODES_MAX))
                .addExample(1)),
        Map.entry(
            "AuditSubject",
            text("The subject of the caller's token.")
                .minLength(1)
                .maxLength(255)
                .addExample("billing")),
        Map.entry(
            "AuditWord",
            text("A word of the audit log. New ones may be added.")
                .pattern("^[a-z][a-z0-9-]*$")
                .minLength(1)
                .maxLength(48)
                .addExample("read")),
        Map.entry(
            "AuditDecision",
            oneOf(
                "What the policy said.",
                Arrays.stream(AuditDecision.values()).map(AuditDecision::text).toList())),
        Map.entry(
            "AuditHash",
            text("SHA-256 in hexadecimal digits.")
                .pattern("^[0-9a-f]{64}$")
                .minLength(64)
                .maxLength(64)
                .addExample("3f080b556cc7ae7f2457a0c9aee493ea97739506ebca497c2c2e65e8622ce2ce")),
        Map.entry(
            "CellNode",
            number("The number of a node in its cell.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(Limits.NODES_MAX))
                .addExample(1)),
        Map.entry(
            "NodeCount",
            number("A number of nodes.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(Limits.NODES_MAX))
                .addExample(3)),
        Map.entry(
            "NodeState",
            oneOf(
                "`active`: it takes part. `inactive`: it answers and does not take part, since it"
                    + " is starting, joining, or its disk does not answer. `refusing`: it answers and"
                    + " does not tell, since it cannot record that it was asked, its policy does not"
                    + " permit it, or it is older than this question. `away`: no answer in time.",
                Arrays.stream(CellView.State.values()).map(CellView.State::text).toList())),
        Map.entry("Seconds", number("Whole seconds.").format("int32").minimum(BigDecimal.ONE)),
        Map.entry("HeaderText", text("As in RFC 9110.").minLength(1)),
        Map.entry(
            "SecretPath",
            text("The path of a secret on this server.")
                .format("uri-reference")
                .addExample("/v1/namespaces/demo/secrets/DB_PASSWORD")),
        Map.entry(
            "ProblemType",
            text("`urn:quorumvault:problem:` and the code.")
                .format("uri")
                .pattern("^urn:quorumvault:problem:[a-z0-9-]+$")
                .addExample("urn:quorumvault:problem:secret-not-found")),
        Map.entry(
            "ProblemCode",
            text("What happened. Codes never change; new ones may be added. So far: "
                    + Arrays.stream(FailureCode.values())
                        .map(code -> "`" + code.text() + "`")
                        .collect(Collectors.joining(", "))
                    + ".")
                .pattern("^[a-z0-9-]+$")
                .addExample("secret-not-found")),
        Map.entry(
            "Phase",
            oneOf(
                "How far a write came: `voting` decides whether it takes place, `writing` carries"
                    + " it out.",
                Arrays.stream(Phase.values())
                    .map(phase -> phase.name().toLowerCase(Locale.ROOT))
                    .toList())),
        Map.entry(
            "Outcome",
            oneOf(
                "Whether a write that failed was applied. After `unknown` the same request with the"
                    + " same Idempotency-Key tells.",
                List.of("not-applied", "unknown"))),
        Map.entry(
            "Availability",
            oneOf(
                "`operational`: all is well. `degraded`: reads or writes are possible, not all is"
                    + " well. `unavailable`: neither is possible.",
                List.of("operational", "degraded", "unavailable"))),
        Map.entry(
            "EnvContent",
            text("An .env file: text without NUL, at most 1 MiB in UTF-8.")
                .format("password")
                .maxLength(Limits.ENV_BYTES_MAX)
                .addExample("API_KEY=enc(API_KEY|generate=40)\nDB_PASSWORD=secret(DB_PASSWORD)\n")),
        Map.entry(
            "EnvOutput",
            text("An .env file as it comes out, at most 8 MiB in UTF-8; with secrets in it if any"
                    + " were expanded.")
                .format("password")
                .maxLength(Limits.ENV_OUTPUT_BYTES_MAX)
                .addExample(
                    "API_KEY=secret(API_KEY)\nDB_PASSWORD=\"correct horse battery staple\"\n")),
        Map.entry(
            "EnvValue",
            text("1 byte to 1 MiB of UTF-8.")
                .format("password")
                .minLength(Limits.VALUE_BYTES_MIN)
                .maxLength(Limits.VALUE_BYTES_MAX)
                .addExample("correct horse battery staple")),
        Map.entry(
            "EnvMode",
            oneOf(
                    "What is done with a file. `default`: both enc() and secret(). `seal`: only"
                        + " enc(); a secret() must be there and stays. `open`: only secret(); a file"
                        + " with an enc() is refused.",
                    Arrays.stream(EnvMode.values()).map(EnvMode::text).toList())
                .defaultValue(EnvMode.DEFAULT.text())),
        Map.entry(
            "EnvDialect",
            oneOf(
                    "The reader a file is for, which decides how values are quoted. `portable` is"
                        + " read alike by motdotla/dotenv, dotenvx, python-dotenv, Docker Compose and"
                        + " bash. A value that a reader cannot be given is refused. `raw` puts"
                        + " values in as they are, which is unsafe.",
                    Arrays.stream(Dialect.values()).map(Dialect::text).toList())
                .defaultValue(Dialect.PORTABLE.text())),
        Map.entry(
            "AllowUnsafe",
            flag("Whether the dialect `raw` takes values with a line end, `$(` or a backtick.")),
        Map.entry(
            "Line",
            number("A line of the file, from 1.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .addExample(2)),
        Map.entry(
            "Column",
            number("A column of the line, from 1, in characters.")
                .format("int32")
                .minimum(BigDecimal.ONE)
                .addExample(13)),
        Map.entry(
            "EnvFile",
            object("A file, and what to do with it.", "content")
                .addProperty("content", ref("EnvContent"))
                .addProperty(
                    "values",
                    createSchema()
                        .addType(SchemaType.OBJECT)
                        .description("Values for enc() that are not in the file, by name.")
                        .maxProperties(Limits.NAMES_PER_TRANSACTION_MAX)
                        .propertyNames(ref("SecretName"))
                        .additionalPropertiesSchema(ref("EnvValue")))
                .addProperty("mode", ref("EnvMode"))
                .addProperty("dialect", ref("EnvDialect"))
                .addProperty("dryRun", flag("Whether to say what would be done, and do nothing."))
                .addProperty("allowUnsafe", ref("AllowUnsafe"))
                .additionalPropertiesSchema(createSchema().booleanSchema(false))
                .addExample(envFile())),
        Map.entry(
            "NewSecret",
            object("A secret to create.", "name", "value")
                .addProperty("name", ref("SecretName"))
                .addProperty("value", ref("SecretValue"))
                .addProperty("encoding", ref("Encoding"))
                .additionalPropertiesSchema(createSchema().booleanSchema(false))
                .addExample(
                    example("name", "DB_PASSWORD", "value", "correct horse battery staple"))),
        Map.entry(
            "NewValue",
            object("The value of a secret's next version.", "value")
                .addProperty("value", ref("SecretValue"))
                .addProperty("encoding", ref("Encoding"))
                .additionalPropertiesSchema(createSchema().booleanSchema(false))
                .addExample(example("value", "aHVudGVyMg==", "encoding", "base64"))));
  }

  static Schema ref(String name) {
    return createSchema().ref(name);
  }

  private static Schema text(String description) {
    return createSchema().addType(SchemaType.STRING).description(description);
  }

  private static Schema number(String description) {
    return createSchema().addType(SchemaType.INTEGER).description(description);
  }

  private static Schema flag(String description) {
    return createSchema().addType(SchemaType.BOOLEAN).description(description).defaultValue(false);
  }

  private static Schema oneOf(String description, List<String> texts) {
    return text(description).enumeration(List.copyOf(texts));
  }

  private static Schema object(String description, String... required) {
    return createSchema()
        .addType(SchemaType.OBJECT)
        .description(description)
        .required(List.of(required));
  }

  /// A file that does both.
  private static Map<String, Object> envFile() {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("content", "DB_PASSWORD=secret(DB_PASSWORD)\nAPI_KEY=enc(API_KEY)\n");
    file.put("values", Map.of("API_KEY", "tr0ub4dor&3"));
    return file;
  }

  /// Members in this order.
  private static Map<String, String> example(
      String member, String text, String otherMember, String otherText) {
    Map<String, String> example = new LinkedHashMap<>();
    example.put(member, text);
    example.put(otherMember, otherText);
    return example;
  }
}
