package io.quorumvault.api.http;

import static org.eclipse.microprofile.openapi.OASFactory.createComponents;
import static org.eclipse.microprofile.openapi.OASFactory.createContact;
import static org.eclipse.microprofile.openapi.OASFactory.createContent;
import static org.eclipse.microprofile.openapi.OASFactory.createExample;
import static org.eclipse.microprofile.openapi.OASFactory.createHeader;
import static org.eclipse.microprofile.openapi.OASFactory.createInfo;
import static org.eclipse.microprofile.openapi.OASFactory.createLicense;
import static org.eclipse.microprofile.openapi.OASFactory.createMediaType;
import static org.eclipse.microprofile.openapi.OASFactory.createOpenAPI;
import static org.eclipse.microprofile.openapi.OASFactory.createParameter;
import static org.eclipse.microprofile.openapi.OASFactory.createRequestBody;
import static org.eclipse.microprofile.openapi.OASFactory.createSecurityRequirement;
import static org.eclipse.microprofile.openapi.OASFactory.createSecurityScheme;
import static org.eclipse.microprofile.openapi.OASFactory.createServer;
import static org.eclipse.microprofile.openapi.OASFactory.createTag;

import io.quorumvault.Limits;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.Parameter.In;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/// What the operations of the contract share: its guarantees, and under their names the parts that
/// the annotations of resources and bodies refer to. Bounds come from `Limits`, problem documents
/// from `Problem`, so that neither is written down twice.
final class ContractParts {
  private static final String BEARER = "bearer";

  /// A header of every answer.
  static final String CONTENT_TYPE_OPTIONS = "X-Content-Type-Options";

  static final String REQUEST_ID_EXAMPLE = "0b8f4c1e-3a52-4a6e-9d1c-7f2e5b9c8d10";

  /// Of the contract, not of a build: the document must be the same for every build of it.
  private static final String VERSION = "1.0.0";

  private static final Namespace DEMO = new Namespace("demo");
  private static final SecretName DB_PASSWORD = new SecretName("DB_PASSWORD");

  private static final String GUARANTEES =
      """
      A distributed secrets vault without a master key. Every version of every secret is split over
      several storage nodes: any k of them give it back, fewer than k know nothing.

      ## Guarantees

      - A 2xx write is on disk at w nodes.
      - Per secret all operations are linearizable.
      - An .env import is atomic.
      - A read never returns a stale, partial or unauthenticated value, it refuses.
      - DELETE 204 means fewer than k shares exist anywhere the vault knows of.
      - A complete erasure receipt is signed by so many nodes that fewer than k are left, each of which
        had destroyed its shares before it signed.
      - Read repair is best effort.
      - Every decision on a request with a good token is in the audit log, on disk, before the request
        takes effect; each value in an answer is there exactly once. What cannot be recorded is not
        done: 503 `audit-unavailable`.

      Here w is the write quorum and k the number of shares it takes to restore a value. Sharding
      stays hidden: no answer tells which nodes there are, how many, or what any of them holds, but
      for the audit log, whose entries say which node made them, erasure receipts, which nodes sign,
      and getCell, which needs the same capability as the audit log.

      ## Requests

      A JSON body is one object in UTF-8 whose members are known and there once; a text body is a file
      in UTF-8. Unknown members and unknown query parameters are refused, not ignored. Every operation
      but getStatus needs a bearer token, a JWT of the issuer and the audience the vault is configured
      with.

      ## Answers

      Every answer carries `X-Request-Id`, `Cache-Control: no-store` and
      `X-Content-Type-Options: nosniff`. Times are RFC 3339 in UTC with milliseconds. Clients must
      take members in answers that they do not know for ones that were added later.

      ## Failures

      Every failure is one problem document (RFC 9457) whose `code` says what happened; the examples
      of a response list the codes it can have. No value that was sent is repeated in it. `retryable`
      says whether sending the same request again can succeed without anything else being changed.
      A write that failed under way says in `outcome` whether it was applied: `not-applied`, or
      `unknown`. Permission is decided by policy alone, before any look-up: a caller without any
      permission in a namespace gets the same 404 whether there is anything or not.

      A request that reaches no operation is refused with 404 `resource-not-found`, 405
      `method-not-allowed`, 414 `uri-too-long` or 431 `headers-too-large`.

      ## Sending again

      Retried GETs are always safe. For POST, PUT and DELETE send an `Idempotency-Key`: the same key
      and request within 24 hours gets the first outcome again, from any server and after any
      restart; the same key with another request is refused.
      """;

  private ContractParts() {}

  /// Everything but the paths and the schemas of bodies that are records.
  static OpenAPI document() {
    return createOpenAPI()
        .openapi("3.1.0")
        .info(
            createInfo()
                .title("Quorum Vault")
                .version(VERSION)
                .summary("Secrets, their versions, and .env files that refer to them.")
                .description(GUARANTEES)
                .contact(createContact().name("The maintainers of Quorum Vault"))
                .license(createLicense().name("Apache License 2.0").identifier("Apache-2.0")))
        .addServer(createServer().url("/").description("The server this document comes from."))
        .addSecurityRequirement(createSecurityRequirement().addScheme(BEARER))
        .addTag(createTag().name("secrets").description("Secrets and their versions."))
        .addTag(
            createTag()
                .name("env")
                .description(".env files with references to secrets: all of a file, or nothing."))
        .addTag(
            createTag()
                .name("audit")
                .description("What was asked of the vault, by whom, and what came of it."))
        .addTag(createTag().name("status").description("Whether the vault works."))
        .components(components());
  }

  private static Components components() {
    return createComponents()
        .schemas(ContractSchemas.all())
        .parameters(
            parameters().stream()
                .collect(Collectors.toMap(Parameter::getName, parameter -> parameter)))
        .headers(headers())
        .requestBodies(requestBodies())
        .addSecurityScheme(
            BEARER,
            createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .bearerFormat("JWT")
                .description("A JWT of the configured issuer and audience, signed, not expired."));
  }

  /// In the order in which operations list them, which is the order of arguments in many clients.
  static List<Parameter> parameters() {
    return List.of(
        parameter(In.PATH, "namespace", "The namespace.", "Namespace").example("demo"),
        parameter(In.PATH, "name", "The name of the secret.", "SecretName").example("DB_PASSWORD"),
        parameter(In.PATH, "version", "The number of the version.", "Version").example(1),
        parameter(
                In.QUERY,
                "at",
                "The instant at which the version was current; without it the current version.",
                "Instant")
            .example("2026-11-01T12:00:00Z"),
        parameter(In.QUERY, "prefix", "Only names that begin so.", "NamePrefix").example("DB_"),
        parameter(In.QUERY, "limit", "The most entries the page may have.", "PageSize")
            .example(Limits.PAGE_DEFAULT),
        parameter(
                In.QUERY,
                "cursor",
                "The nextCursor of the page before, of the same list. Without it the first"
                    + " page.",
                "Cursor")
            .addExample(
                "listSecrets",
                createExample()
                    .summary("Secrets of demo, those after DB_PASSWORD")
                    .value(Cursor.ofList(DEMO, "").after(DB_PASSWORD)))
            .addExample(
                "listSecretVersions",
                createExample()
                    .summary("Versions of DB_PASSWORD in demo, those below 2")
                    .value(Cursor.ofHistory(DEMO, DB_PASSWORD).below(2)))
            .addExample(
                "listAuditEntries",
                createExample()
                    .summary("The audit log of demo, what is before noon on 1 November 2026")
                    .value(
                        Cursor.ofAudit(DEMO)
                            .before(
                                new AuditPosition(
                                    Instant.parse("2026-11-01T12:00:00Z"), new NodeId(1), 1)))),
        parameter(In.QUERY, "mode", "What is done with the file.", "EnvMode").example("seal"),
        parameter(In.QUERY, "dialect", "The reader the file is for.", "EnvDialect")
            .example("posix"),
        parameter(In.QUERY, "allowUnsafe", "Lifts what the dialect `raw` refuses.", "AllowUnsafe")
            .example(false),
        parameter(
                In.HEADER,
                HttpHeaders.IF_MATCH,
                "Only if this is the current version. One ETag; neither `*` nor a list.",
                "VersionTag")
            .example("\"1\""),
        parameter(
            In.HEADER,
            Conditions.IDEMPOTENCY_KEY,
            "Makes sending the same request again safe: for 24 hours it gets the first"
                + " outcome again. Belongs to the caller and the names written.",
            "IdempotencyKey"),
        parameter(
                In.HEADER,
                Conditions.PREFER,
                "As in RFC 7240. With `return=representation` a delete is answered with an erasure"
                    + " receipt; anything else is passed over.",
                "Preference")
            .example(Conditions.REPRESENTATION),
        parameter(
                In.HEADER,
                Arrival.REQUEST_ID,
                "Taken over if it is well-formed, else one is made.",
                "RequestId")
            .example(REQUEST_ID_EXAMPLE));
  }

  /// By their own names.
  private static Map<String, Header> headers() {
    return Map.of(
        HttpHeaders.ETAG,
        header("The version in the answer, for If-Match.", "VersionTag").example("\"1\""),
        HttpHeaders.LOCATION,
        header("Where the secret is.", "SecretPath")
            .example("/v1/namespaces/demo/secrets/DB_PASSWORD"),
        HttpHeaders.CACHE_CONTROL,
        header("Always `no-store`.", "HeaderText").example("no-store"),
        CONTENT_TYPE_OPTIONS,
        header("Always `nosniff`.", "HeaderText").example("nosniff"),
        Conditions.PREFERENCE_APPLIED,
        header("The preference that the answer follows.", "HeaderText")
            .example(Conditions.REPRESENTATION),
        Arrival.REQUEST_ID,
        header("The request's, or the one made for it.", "RequestId").example(REQUEST_ID_EXAMPLE),
        HttpHeaders.RETRY_AFTER,
        header("When to come back.", "Seconds")
            .example(Integer.valueOf(Problem.RETRY_AFTER_SECONDS)),
        HttpHeaders.WWW_AUTHENTICATE,
        header("How to authenticate.", "HeaderText").example("Bearer"));
  }

  private static Map<String, RequestBody> requestBodies() {
    return Map.of(
        "NewSecret",
        body(MediaType.APPLICATION_JSON, "The name and the first value.", "NewSecret"),
        "NewValue",
        body(MediaType.APPLICATION_JSON, "The next value.", "NewValue"),
        "EnvFile",
        body(MediaType.APPLICATION_JSON, "The file, and what to do with it.", "EnvFile"),
        "EnvText",
        body(MediaType.TEXT_PLAIN, "The file, in UTF-8.", "EnvContent"));
  }

  private static Parameter parameter(In in, String name, String description, String schema) {
    return createParameter()
        .in(in)
        .name(name)
        .description(description)
        .required(in == In.PATH)
        .schema(ContractSchemas.ref(schema));
  }

  private static Header header(String description, String schema) {
    return createHeader()
        .description(description)
        .required(true)
        .schema(ContractSchemas.ref(schema));
  }

  private static RequestBody body(String mediaType, String description, String schema) {
    return createRequestBody()
        .description(description)
        .required(true)
        .content(
            createContent()
                .addMediaType(mediaType, createMediaType().schema(ContractSchemas.ref(schema))));
  }
}
