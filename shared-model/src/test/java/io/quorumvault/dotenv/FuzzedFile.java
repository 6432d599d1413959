package io.quorumvault.dotenv;

import io.quorumvault.testing.Gen;
import java.util.ArrayList;
import java.util.List;

/// Generated text that is nearly a file: a heap of tokens, a file of an author that was damaged, or
/// a mixture of two. Up to some hundred characters, and one in a thousand much longer.
final class FuzzedFile {
  /// Stands for a password that an author put in the wrong place. No name can have it in it, so no
  /// problem may.
  static final String CANARY = "hunter2!pass";

  private static final List<String> TOKENS =
      List.of(
          "secret(",
          "enc(",
          "secret(X)",
          "enc(X)",
          "enc(Y)",
          "secret(X|base64)",
          "secret(X@2)",
          "secret(X@2026-11-20T18:00:00Z)",
          "secret(X|json|urlencode)",
          "enc(Y|generate=16)",
          "enc(Y:v)",
          "enc(Y:\"v\\n\")",
          "enc(Z:" + CANARY + ")",
          "enc(" + CANARY + ")",
          "X",
          "Y",
          "Z",
          "A",
          "A=",
          "B=",
          "X=",
          "Y=",
          "export ",
          "\nA=",
          "\nX=",
          "\nY=",
          "\nB=\"",
          "\nC='",
          "\nD=`",
          "=",
          " = ",
          ":",
          "'",
          "\"",
          "`",
          "\\",
          "\\secret(",
          "\\enc(",
          "\\\\",
          "\\\"",
          "\\'",
          "\\n",
          "#",
          " #",
          " # c",
          "\n",
          "\r\n",
          "\r",
          "\t",
          " ",
          "  ",
          "(",
          ")",
          "|",
          "@",
          "|base64",
          "|generate",
          "|generate=",
          "=32",
          "$",
          "${X}",
          "$X",
          "$(x)",
          ";",
          "&",
          "<<",
          "\uFEFF",
          "\u2028",
          "\u00a0",
          "\u00e9",
          "\uD83D\uDE00",
          "\uD83D",
          "\uDE00",
          "\0",
          "0",
          "99999999999999999999",
          "/",
          ".",
          "-",
          "_",
          CANARY,
          "postgres://u:",
          "@h/db",
          "a b");

  private static final String NOISE = "secrtn()'\"`\\|@:=#\n\r\t AX$.-_09\0";

  private FuzzedFile() {}

  static String next(Gen gen) {
    String text =
        switch (gen.below(4)) {
          case 0 -> AuthoredFile.next(gen, gen.oneIn(2)).source();
          case 1 -> damaged(gen, AuthoredFile.next(gen, false).source());
          default -> tokens(gen, gen.between(1, 24));
        };
    if (gen.oneIn(8)) {
      text = damaged(gen, text);
    }
    if (gen.oneIn(1000)) {
      text = text.repeat(gen.between(2, 100));
    }
    return text;
  }

  static String tokens(Gen gen, int count) {
    StringBuilder text = new StringBuilder(gen.oneIn(2) ? "A=" : "");
    for (int i = 0; i < count; i++) {
      text.append(gen.pick(TOKENS));
    }
    return text.toString();
  }

  private static String damaged(Gen gen, String whole) {
    StringBuilder text = new StringBuilder(whole);
    for (int times = gen.between(1, 4); times > 0 && !text.isEmpty(); times--) {
      int at = gen.below(text.length());
      int to = Math.min(text.length(), at + gen.between(1, 8));
      switch (gen.below(5)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(gen.below(text.length()), text.substring(at, to));
        case 2 -> text.setCharAt(at, NOISE.charAt(gen.below(NOISE.length())));
        case 3 -> text.insert(at, gen.pick(TOKENS));
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }

  /// A piece of text repeated up to a size: what a quadratic search would take minutes for.
  static List<String> monotonous(int chars) {
    List<String> files = new ArrayList<>();
    for (String start :
        List.of("", "A=", "A=\"", "A='", "A=`", "A=secret(X", "A=\"secret(X)", "A: '")) {
      for (String piece :
          List.of(
              "\"",
              "'",
              "`",
              "\\",
              "\\\"",
              "\\\\\"",
              "#",
              " #",
              " ",
              "\t",
              "\r",
              "\r\n",
              "\n",
              "=",
              "$",
              "${",
              "$(",
              "(",
              ")",
              "|",
              "|base64",
              "|base64|base64",
              "@",
              "a",
              "a.",
              "\uD83D\uDE00",
              "\u2028",
              "\u00a0",
              "secret(",
              "enc(",
              "secret(X)",
              "enc(X)",
              "\\secret(",
              "\\enc(",
              "secret( ",
              "secret(X@",
              "secret(X|",
              "enc(X:",
              "enc(X:\"",
              "enc(X:a ",
              "enc(X:\\\"",
              "enc(X|generate=",
              "x secret(X)/",
              "A\n",
              "A=\n",
              "A='\n",
              "A=\"\n",
              "A=`\n",
              "A=\"\\\n",
              "A=\"\\\"\n",
              "A: '\n",
              "A: \"x\n",
              "it's\n",
              "it's \"\n",
              "A=secret(X)\n",
              "A='secret(X)'\n",
              "A=\"secret(X)\"# x\n",
              "A=enc(X)\n",
              "X=v\n",
              "B=(<<`\n",
              "A=$(secret(X)\n",
              "export A=b\n",
              "export ",
              "://u:",
              "://u:secret(X)@",
              "# secret(X)\n",
              "A\r",
              "A=b\r\n",
              "\\",
              "\\\n",
              "A=\u2028\n")) {
        files.add(start + piece.repeat(Math.max(1, (chars - start.length()) / piece.length())));
      }
    }
    return files;
  }
}
