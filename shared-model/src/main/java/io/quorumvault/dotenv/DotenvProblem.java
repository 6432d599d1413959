package io.quorumvault.dotenv;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.Violation;
import io.quorumvault.secret.SecretName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a file, and where. Never carries the text that is wrong, and never
/// the name in an `enc()`: it may be a password.
///
/// @param place where; of the reference, if it is about one
/// @param variable whose value it is in, cut to `Limits.NAME_CHARS_MAX`; null outside assignments
/// @param secret the secret a `secret()` names, where that matters
/// @param alternatives the dialects that could hold the value, for what is not representable
/// @param hint a fixed sentence more, empty if the kind says it all
public record DotenvProblem(
    Kind kind,
    Place place,
    @Nullable String variable,
    @Nullable SecretName secret,
    List<Dialect> alternatives,
    String hint)
    implements Comparable<DotenvProblem> {

  /// The codes of the public contract.
  public enum Code {
    ENV_SYNTAX("env-syntax", FailureCode.ENV_SYNTAX),
    ENV_LIMIT("env-limit", FailureCode.PAYLOAD_TOO_LARGE),
    ENV_MODE("env-mode", FailureCode.ENV_MODE),
    ENV_VALUE_MISSING("env-value-missing", FailureCode.ENV_VALUE_MISSING),
    ENV_VALUE_CONFLICT("env-value-conflict", FailureCode.ENV_VALUE_CONFLICT),
    ENV_SELF_REFERENCE("env-self-reference", FailureCode.ENV_SELF_REFERENCE),
    ENV_NOT_REPRESENTABLE("env-not-representable", FailureCode.ENV_NOT_REPRESENTABLE),
    /// The answer, not the request, would be too large.
    ENV_OUTPUT_TOO_LARGE("env-output-too-large", FailureCode.PAYLOAD_TOO_LARGE);

    private final String text;
    private final FailureCode failure;

    Code(String text, FailureCode failure) {
      this.text = text;
      this.failure = failure;
    }

    public String text() {
      return text;
    }

    /// What a request fails with for a problem of this kind.
    public FailureCode failure() {
      return failure;
    }
  }

  /// What is wrong.
  public enum Kind {
    CONTENT_TOO_LARGE(
        Code.ENV_LIMIT, "the file is larger than " + Limits.ENV_BYTES_MAX + " bytes of UTF-8"),
    TOO_MANY_REFERENCES(
        Code.ENV_LIMIT, "the file has more than " + Limits.ENV_REFERENCES_MAX + " references"),
    TOO_MANY_LINES(
        Code.ENV_LIMIT,
        "the file has more than "
            + Limits.ENV_LINES_MAX
            + " lines that are neither blank nor comments"),
    NOT_UTF8(Code.ENV_SYNTAX, "the file is not UTF-8 here"),
    NUL_CHARACTER(Code.ENV_SYNTAX, "a .env file cannot contain NUL"),
    UNTERMINATED_QUOTE(Code.ENV_SYNTAX, "the quote is never closed"),
    AMBIGUOUS_QUOTE(
        Code.ENV_SYNTAX, "readers disagree whether a quote after a backslash closes the value"),
    TEXT_AFTER_QUOTE(
        Code.ENV_SYNTAX, "behind the closing quote only blanks and a comment may follow"),
    CARRIAGE_RETURN(
        Code.ENV_SYNTAX,
        "the value has a reference and a carriage return that ends no line; readers disagree about"
            + " it"),
    MALFORMED_READ(
        Code.ENV_SYNTAX, "expected secret(NAME), secret(NAME@version or time), or |filter"),
    MALFORMED_SEAL(Code.ENV_SYNTAX, "enc() takes a name"),
    BAD_NAME(
        Code.ENV_SYNTAX,
        "a secret's name has 1 to "
            + Limits.NAME_CHARS_MAX
            + " letters, digits, '_', '.' and '-', the first neither '.' nor '-', and no '/'"),
    BAD_SELECTOR(
        Code.ENV_SYNTAX, "behind '@' goes a version from 1, or a time like 2026-11-20T18:00:00Z"),
    BAD_FILTER(
        Code.ENV_SYNTAX,
        "the filters are urlencode, base64 and json, at most " + Limits.ENV_FILTERS_MAX),
    BAD_GENERATE(
        Code.ENV_SYNTAX,
        "generated secrets have "
            + Limits.GENERATED_CHARS_MIN
            + " to "
            + Limits.GENERATED_CHARS_MAX
            + " characters"),
    BAD_INLINE(
        Code.ENV_SYNTAX,
        "the value in enc(NAME:value) is not empty; with blanks around it, a parenthesis or a line"
            + " end it goes in double quotes, where \\\\, \\\", \\n, \\r and \\t are escapes"),
    INLINE_IN_DOUBLE_QUOTES(
        Code.ENV_SYNTAX,
        "inside double quotes a value in enc(NAME:value) has no backslash and no quotes; use single"
            + " quotes around it, or the values beside the file"),
    REFERENCE_OUTSIDE_VALUE(
        Code.ENV_SYNTAX,
        "a reference counts in the value of NAME=value only, and this line is not of that form"),
    AMBIGUOUS_ASSIGNMENT(
        Code.ENV_SYNTAX,
        "readers disagree about the value assigned to the name here; give it beside the file and"
            + " take it out of it"),
    SEAL_WHILE_OPENING(Code.ENV_MODE, "a file with enc() cannot be opened; seal it first"),
    VALUE_MISSING(Code.ENV_VALUE_MISSING, "nothing gives enc() a value; enc() takes a name"),
    VALUE_EMPTY(Code.ENV_VALUE_MISSING, "the value for enc() is empty; a secret is not"),
    VALUE_CONFLICT(Code.ENV_VALUE_CONFLICT, "enc() is given two different values"),
    SELF_REFERENCE(
        Code.ENV_SELF_REFERENCE,
        "the file creates this secret and reads it too; secret() means what was there before"),
    NOT_REPRESENTABLE(Code.ENV_NOT_REPRESENTABLE, "the dialect cannot hold this value here"),
    OUTPUT_TOO_LARGE(
        Code.ENV_OUTPUT_TOO_LARGE,
        "with its values the file is larger than " + Limits.ENV_OUTPUT_BYTES_MAX + " bytes");

    private final Code code;
    private final String rule;

    Kind(Code code, String rule) {
      this.code = code;
      this.rule = rule;
    }

    public Code code() {
      return code;
    }

    /// The rule in words.
    public String rule() {
      return rule;
    }
  }

  public DotenvProblem {
    alternatives = List.copyOf(alternatives);
    if (variable != null && variable.length() > Limits.NAME_CHARS_MAX) {
      variable = variable.substring(0, Limits.NAME_CHARS_MAX);
    }
  }

  static DotenvProblem of(Kind kind, Place place, @Nullable String variable) {
    return new DotenvProblem(kind, place, variable, null, List.of(), "");
  }

  static DotenvProblem of(Kind kind, Place place, @Nullable String variable, String hint) {
    return new DotenvProblem(kind, place, variable, null, List.of(), hint);
  }

  static DotenvProblem notRepresentable(
      Binding binding, Reference.Read reference, List<Dialect> alternatives, String hint) {
    return new DotenvProblem(
        Kind.NOT_REPRESENTABLE,
        reference.place(),
        binding.variable(),
        reference.name(),
        alternatives,
        hint);
  }

  public String code() {
    return kind.code().text();
  }

  /// One sentence for a person: the rule, the secret and the way out where there are any.
  public String message() {
    StringBuilder message = new StringBuilder(kind.rule());
    if (!hint.isEmpty()) {
      message.append(": ").append(hint);
    }
    if (secret != null) {
      message.append(" (secret ").append(secret).append(')');
    }
    if (!alternatives.isEmpty()) {
      message.append("; these dialects can: ");
      List<String> words = new ArrayList<>();
      for (Dialect dialect : alternatives) {
        words.add(dialect.text());
      }
      message.append(String.join(", ", words));
    }
    return message.toString();
  }

  /// The problem as an entry of a problem document.
  public Violation violation() {
    return new Violation(
        variable == null ? "content" : variable,
        code(),
        message(),
        place.line(),
        place.column(),
        secret == null ? null : secret.text());
  }

  @Override
  public int compareTo(DotenvProblem other) {
    int byPlace = place.compareTo(other.place);
    return byPlace != 0 ? byPlace : kind.compareTo(other.kind);
  }

  @Override
  public String toString() {
    return place + " " + (variable == null ? "" : variable + " ") + code() + ": " + message();
  }
}
