package io.quorumvault.api;

import static io.quorumvault.api.PlantedChange.SCHEMAS;
import static io.quorumvault.api.PlantedChange.SECRET;
import static io.quorumvault.api.PlantedChange.SECRETS;
import static io.quorumvault.api.PlantedChange.STATUS;
import static io.quorumvault.api.PlantedChange.planted;
import static io.quorumvault.api.PlantedChange.ref;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// No client of the last release loses anything. `openapi/README.md` says what to do when one must.
class ContractChangesTest {
  private static final Path RELEASED = PlantedChange.OPENAPI.resolve("released/vault-api.yaml");

  private final JsonObject golden = PlantedChange.contract(PlantedChange.GOLDEN);

  @Test
  void nothing_is_taken_from_clients_of_the_last_release() {
    assertEquals(
        List.of(),
        ContractChanges.breaks(PlantedChange.contract(RELEASED), golden),
        "openapi/vault-api.yaml breaks clients of openapi/released/vault-api.yaml");
  }

  @Test
  void what_takes_something_from_clients_is_found_out() {
    for (PlantedChange planted :
        List.of(
            planted("an operation", patch -> patch.remove(SECRET + "/put")),
            planted("a path", patch -> patch.remove(SECRET)),
            planted("an id", patch -> patch.replace(STATUS + "/operationId", "status")),
            planted("a token more", patch -> patch.remove(STATUS + "/security")),
            planted("a success", patch -> patch.remove(SECRET + "/delete/responses/204")),
            planted("a failure", patch -> patch.remove(SECRET + "/delete/responses/412")),
            planted(
                "a code",
                patch ->
                    patch.remove(
                        "/components/responses/SecretAlreadyExistsOrConcurrentWrite/content"
                            + "/application~1problem+json/examples/concurrent-write")),
            planted(
                "a success more",
                patch -> patch.copy(STATUS + "/responses/202", STATUS + "/responses/200")),
            planted(
                "a body where there was none",
                patch ->
                    patch.copy(
                        SECRET + "/delete/responses/204/content",
                        SECRET + "/delete/responses/200/content")),
            planted(
                "a header", patch -> patch.remove(SECRETS + "/post/responses/201/headers/ETag")),
            planted(
                "a header at times",
                patch -> patch.replace("/components/headers/ETag/required", false)),
            planted(
                "a member", patch -> patch.remove(SCHEMAS + "SecretVersion/properties/validTo")),
            planted(
                "a member at times", patch -> patch.remove(SCHEMAS + "SecretVersion/required/3")),
            planted(
                "null where there was none",
                patch ->
                    patch.replace(
                        SCHEMAS + "ServiceStatus/properties/reads/type",
                        Json.createArrayBuilder(List.of("boolean", "null")).build())),
            planted("an answer's word", patch -> patch.add(SCHEMAS + "Availability/enum/0", "new")),
            planted(
                "an answer's bound", patch -> patch.replace(SCHEMAS + "Certificates/maxItems", 9)),
            planted("a type", patch -> patch.replace(SCHEMAS + "Version/type", "string")),
            planted("a format", patch -> patch.replace(SCHEMAS + "Instant/format", "date")),
            planted(
                "the name of a class",
                patch ->
                    patch
                        .copy(SCHEMAS + "Secret", SCHEMAS + "SecretVersion")
                        .replace(
                            SECRET + "/get/responses/200/content/application~1json/schema/$ref",
                            "#/components/schemas/Secret")),
            planted(
                "a needed member",
                patch -> patch.add(SCHEMAS + "NewSecret/required/0", "encoding")),
            planted(
                "a request's member",
                patch -> patch.remove(SCHEMAS + "NewSecret/properties/encoding")),
            planted(
                "a request's bound", patch -> patch.replace(SCHEMAS + "SecretValue/maxLength", 9)),
            planted("a longer least", patch -> patch.replace(SCHEMAS + "SecretName/minLength", 2)),
            planted(
                "a bound on names",
                patch -> patch.replace(SCHEMAS + "EnvFile/properties/values/maxProperties", 9)),
            planted(
                "a parameter's bound", patch -> patch.replace(SCHEMAS + "PageSize/maximum", 99)),
            planted("a parameter's word", patch -> patch.remove(SCHEMAS + "EnvMode/enum/1")),
            planted(
                "a pattern", patch -> patch.replace(SCHEMAS + "SecretName/pattern", "^[A-Z]+$")),
            planted("a default", patch -> patch.replace(SCHEMAS + "PageSize/default", 10)),
            planted("a parameter", patch -> patch.remove(SECRETS + "/get/parameters/1")),
            planted(
                "a needed parameter",
                patch -> patch.replace("/components/parameters/Idempotency-Key/required", true)),
            planted(
                "a media type",
                patch ->
                    patch.move(
                        "/components/requestBodies/EnvText/content/text~1markdown",
                        "/components/requestBodies/EnvText/content/text~1plain")),
            planted(
                "a needed body",
                patch -> patch.add(SECRET + "/delete/requestBody", ref("requestBodies/NewValue"))),
            planted(
                "a keyword nobody thought of",
                patch -> patch.add(SCHEMAS + "EnvValue/contentEncoding", "base64")))) {
      assertFalse(ContractChanges.breaks(golden, planted.into(golden)).isEmpty(), planted.what());
    }
  }

  @Test
  void additions_pass() {
    for (PlantedChange planted :
        List.of(
            planted("nothing", patch -> patch.test("/openapi", "3.1.0")),
            planted(
                "words",
                patch ->
                    patch
                        .replace("/info/description", "Other words.")
                        .replace(SCHEMAS + "SecretName/description", "Other words.")),
            planted(
                "an operation",
                patch ->
                    patch
                        .copy("/paths/~1v1~1status2", "/paths/~1v1~1status")
                        .replace("/paths/~1v1~1status2/get/operationId", "getStatus2")),
            planted(
                "a failure",
                patch -> patch.add(STATUS + "/responses/503", ref("responses/RateLimited"))),
            planted(
                "a code",
                patch ->
                    patch.copy(
                        "/components/responses/Forbidden/content/application~1problem+json"
                            + "/examples/rate-limited",
                        "/components/examples/rate-limited")),
            planted(
                "a header",
                patch ->
                    patch.add(
                        STATUS + "/responses/200/headers/Retry-After", ref("headers/Retry-After"))),
            planted(
                "a member",
                patch -> patch.add(SCHEMAS + "SecretVersion/properties/new", ref("schemas/Line"))),
            planted(
                "a request's member that nobody must send",
                patch -> patch.add(SCHEMAS + "NewSecret/properties/new", ref("schemas/Line"))),
            planted(
                "a parameter that nobody must send",
                patch -> patch.add(STATUS + "/parameters/0", ref("parameters/prefix"))),
            planted("a parameter's word", patch -> patch.add(SCHEMAS + "EnvMode/enum/0", "new")),
            planted(
                "a request's bound", patch -> patch.replace(SCHEMAS + "PageSize/maximum", 9999)),
            planted(
                "an answer's bound", patch -> patch.replace(SCHEMAS + "Certificates/maxItems", 7)),
            planted(
                "a request's rule fewer", patch -> patch.remove(SCHEMAS + "NamePrefix/maxLength")),
            planted(
                "a member that is always there",
                patch -> patch.add(SCHEMAS + "SecretPage/required/0", "nextCursor")))) {
      assertEquals(List.of(), ContractChanges.breaks(golden, planted.into(golden)), planted.what());
    }
  }
}
