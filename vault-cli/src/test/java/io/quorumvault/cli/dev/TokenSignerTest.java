package io.quorumvault.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.Shell;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenSignerTest {
  private static final Instant NOW = Instant.parse("2026-11-20T18:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir private Path directory = Path.of("");

  private ClusterFolder folder() {
    return ClusterFolder.create(directory.resolve(".qv"));
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }

  private static JsonObject part(String token, int index) throws IOException {
    return JsonObject.parse(decode(token.split("\\.", -1)[index]));
  }

  /// As somebody who has only the key set.
  private static boolean isSigned(String token, ClusterFolder folder)
      throws GeneralSecurityException, IOException {
    JsonObject key =
        JsonObject.parse(Files.readAllBytes(folder.keySet())).objects("keys").getFirst();
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    PublicKey publicKey =
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(
                    new ECPoint(
                        new BigInteger(1, decode(key.requiredText("x"))),
                        new BigInteger(1, decode(key.requiredText("y")))),
                    parameters.getParameterSpec(ECParameterSpec.class)));
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(publicKey);
    signature.update(
        token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(decode(token.substring(token.lastIndexOf('.') + 1)));
  }

  @Test
  void a_token_says_what_was_asked_and_the_key_set_proves_it() throws Exception {
    ClusterFolder folder = folder();
    TokenSigner signer = new TokenSigner(folder, CLOCK);
    signer.prepare();

    String token =
        signer.sign(
            new TokenSigner.Claims(
                "alice", List.of("ops", "dev"), "quorum-vault", Duration.ofMinutes(5)));

    JsonObject header = part(token, 0);
    JsonObject claims = part(token, 1);
    String keyId =
        JsonObject.parse(Files.readAllBytes(folder.keySet()))
            .objects("keys")
            .getFirst()
            .requiredText("kid");
    assertEquals("ES256", header.requiredText("alg"));
    assertEquals(keyId, header.requiredText("kid"));
    // By this a production configuration knows it and refuses it.
    assertTrue(keyId.startsWith("urn:quorumvault:dev:"));
    assertEquals("urn:quorumvault:dev", claims.requiredText("iss"));
    assertEquals("quorum-vault", claims.requiredText("aud"));
    assertEquals("alice", claims.requiredText("sub"));
    assertEquals(NOW.getEpochSecond(), claims.number("iat").orElseThrow());
    assertEquals(NOW.getEpochSecond() + 300, claims.number("exp").orElseThrow());
    assertTrue(
        new String(claims.toCompactBytes(), StandardCharsets.UTF_8)
            .contains("\"groups\":[\"ops\",\"dev\"]"));
    assertTrue(isSigned(token, folder));
    String[] parts = token.split("\\.", -1);
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                new String(decode(parts[1]), StandardCharsets.UTF_8)
                    .replace("alice", "mallory")
                    .getBytes(StandardCharsets.UTF_8));
    assertFalse(isSigned(parts[0] + "." + forged + "." + parts[2], folder));
  }

  /// RFC 7515 signatures have fixed length; an encoding that varies with the numbers would show.
  @Test
  void signatures_and_coordinates_have_one_length_whatever_the_numbers() throws Exception {
    for (int tries = 0; tries < 40; tries++) {
      ClusterFolder folder = ClusterFolder.create(directory.resolve("try-" + tries));
      TokenSigner signer = new TokenSigner(folder, CLOCK);
      signer.prepare();
      JsonObject key =
          JsonObject.parse(Files.readAllBytes(folder.keySet())).objects("keys").getFirst();
      assertEquals(32, decode(key.requiredText("x")).length);
      assertEquals(32, decode(key.requiredText("y")).length);
      String token =
          signer.sign(new TokenSigner.Claims("a", List.of(), "b", Duration.ofSeconds(1)));
      assertEquals(64, decode(token.split("\\.", -1)[2]).length);
      assertTrue(isSigned(token, folder));
    }
  }

  @Test
  void the_key_set_never_holds_the_private_key_and_keys_are_made_once() throws IOException {
    ClusterFolder folder = folder();
    TokenSigner signer = new TokenSigner(folder, CLOCK);
    signer.prepare();
    String published = Files.readString(folder.keySet());

    signer.prepare();

    assertFalse(published.contains("\"d\""), published);
    assertEquals(published, Files.readString(folder.keySet()));
  }

  @Test
  void the_token_command_prints_one_token_for_whom_it_was_asked() throws Exception {
    ClusterFolder folder = folder();
    new TokenSigner(folder, CLOCK).prepare();
    new ClusterSettings(1, 1, 8420, List.of(20001)).write(folder);
    Shell shell = Shell.in(directory).clock(CLOCK);

    Shell.Ended plain = shell.run("token");
    Shell.Ended asked =
        shell.run(
            "token", "--subject", "bob", "--groups", "x,y", "--ttl", "90s", "--audience", "other");

    JsonObject claims = part(plain.output().strip(), 1);
    assertEquals("dev", claims.requiredText("sub"));
    assertEquals(
        NOW.plus(Duration.ofHours(12)).getEpochSecond(), claims.number("exp").orElseThrow());
    assertTrue(isSigned(plain.output().strip(), folder));
    JsonObject other = part(asked.output().strip(), 1);
    assertEquals("bob", other.requiredText("sub"));
    assertEquals("other", other.requiredText("aud"));
    assertEquals(NOW.getEpochSecond() + 90, other.number("exp").orElseThrow());
    assertNotEquals(claims.requiredText("jti"), other.requiredText("jti"));
    for (String ttl : List.of("0s", "12", "h", "-1h", "366d", "99999999999d", "1.5h")) {
      assertEquals(ExitCode.USAGE.number(), shell.run("token", "--ttl", ttl).exitCode(), ttl);
    }
  }
}
