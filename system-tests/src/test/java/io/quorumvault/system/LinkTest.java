package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
  private ServerSocket server;
  private Link link;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    link =
        new Link(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()), 1);
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    server.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), link.url().getPort());
  }

  private static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String heard(Socket from, int bytes) {
    try {
      InputStream in = from.getInputStream();
      return new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
    } catch (IOException broken) {
      return "";
    }
  }

  @Test
  void what_is_said_on_either_side_is_heard_on_the_other() throws IOException {
    try (Socket near = connect()) {
      say(near, "question");
      try (Socket far = server.accept()) {
        assertEquals("question", heard(far, 8));
        say(far, "answer");
        assertEquals("answer", heard(near, 6));
        near.shutdownOutput();
        assertEquals("", heard(far, 1));
      }
    }
  }

  @Test
  void one_way_can_be_cut_and_the_other_not_and_what_was_held_back_arrives_when_it_is_mended()
      throws Exception {
    try (Socket near = connect()) {
      say(near, "1");
      try (Socket far = server.accept()) {
        assertEquals("1", heard(far, 1));
        link.there().cut();
        say(near, "late");
        say(far, "heard");
        assertEquals("heard", heard(near, 5));
        CompletableFuture<String> late = CompletableFuture.supplyAsync(() -> heard(far, 4));
        say(far, "again");
        assertEquals("again", heard(near, 5));
        assertFalse(late.isDone());
        link.there().mend();
        assertEquals("late", late.get());
      }
    }
  }

  @Test
  void what_was_said_before_its_sender_left_arrives_too() throws IOException {
    link.there().cut();
    try (Socket near = connect()) {
      say(near, "farewell");
    }
    link.there().mend();
    try (Socket far = server.accept()) {
      assertEquals("farewell", heard(far, 8));
    }
  }

  @Test
  void what_is_lost_takes_its_connection_with_it() throws IOException {
    link.there().lose(100);
    try (Socket near = connect()) {
      say(near, "lost");
      assertEquals("", heard(near, 1));
    }
    link.there().mend();
    try (Socket near = connect()) {
      say(near, "found");
      try (Socket far = server.accept()) {
        assertEquals("found", heard(far, 5));
      }
    }
  }

  @Test
  void a_connection_to_nobody_is_broken() throws IOException {
    server.close();
    try (Socket near = connect()) {
      say(near, "hello");
      assertEquals("", heard(near, 1));
    }
  }
}
