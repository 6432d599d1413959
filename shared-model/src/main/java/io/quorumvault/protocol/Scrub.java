package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which versions a node should hold a share of and does not, found without any read: page by page
/// through its own chains. Every version that is kept counts, not only the newest.
public final class Scrub {
  /// A page of what was looked at.
  ///
  /// @param lacking wanted versions of which the node has no good share
  /// @param next where to go on; null at the end
  public record Page(List<Restoration.Version> lacking, @Nullable Place next) {
    public Page {
      lacking = List.copyOf(lacking);
    }
  }

  private Scrub() {}

  /// Versions without any share on disk. Quick: nothing is opened.
  ///
  /// @param after where the page before ended, null for the first
  /// @param limit at most so many
  public static Page missing(NodeView view, @Nullable Place after, int limit) {
    List<Place> places = view.withoutShare(after, limit);
    List<Restoration.Version> lacking = new ArrayList<>();
    for (Place place : places) {
      wanted(view, place).ifPresent(lacking::add);
    }
    return new Page(lacking, places.size() < limit ? null : places.getLast());
  }

  /// Versions whose share does not verify, or is not the one that the entry describes. Opens every
  /// share it passes.
  ///
  /// @param limit looks at so many entries at most
  /// @param bytesMax and, past the first, at no more bytes of shares than these
  public static Page unsound(
      NodeView view, ShareJudge judge, @Nullable Place after, int limit, long bytesMax) {
    List<Reply.ChainLink> links =
        view.links(after == null ? null : after.id(), after == null ? 0 : after.seq(), limit);
    List<Restoration.Version> lacking = new ArrayList<>();
    long bytes = 0;
    Place last = null;
    for (Reply.ChainLink link : links) {
      if (last != null && bytes >= bytesMax) {
        return new Page(lacking, last);
      }
      last = new Place(link.id(), link.entry().seq());
      Optional<Restoration.Version> version = wanted(view, last);
      if (version.isPresent()) {
        bytes += link.entry().sealOfVersion().shareBytes();
        if (!holdsGoodShare(view, judge, link.id(), link.entry())) {
          lacking.add(version.get());
        }
      }
    }
    return new Page(lacking, links.size() < limit ? null : last);
  }

  private static Optional<Restoration.Version> wanted(NodeView view, Place place) {
    Optional<Entry> head = view.head(place.id()).map(Head::entry);
    return view.entry(place.id(), place.seq())
        .filter(entry -> head.isPresent() && Participant.wanted(entry, head.get()))
        .map(entry -> new Restoration.Version(place.id(), entry));
  }

  /// Whether the node holds the share that the entry describes.
  static boolean holdsGoodShare(NodeView view, ShareJudge judge, SecretId id, Entry entry) {
    Optional<Share> held = view.share(id, entry.seq());
    boolean good = held.filter(share -> judge.vouches(id, entry, share)).isPresent();
    held.ifPresent(Share::close);
    return good;
  }
}
