// The audit chain: what a link's hash and a checkpoint's signature cover, and how a chain is checked. No I/O.
//
// Each tenant has a chain of its own. The bytes that are hashed and signed are fixed here, so that another
// program can check an exported log without this one:
//
//   digest of an event   SHA-256(salt || canonical text), made by the database when the event is written
//   hash of link seq     SHA-256(prev (32 bytes) || seq (8, big-endian) || event id (16) || digest (32));
//                        prev of the first link is 32 zero bytes
//   checkpoint           Ed25519 over "starter audit checkpoint v1\n" || id (16) || microseconds since 1970
//   (8,
//                        big-endian) || full (1) || digest of the previous checkpoint (32) || number of heads
//                        (8) || for each head: tenant (16) || seq (8) || hash (32); its own digest is SHA-256
//                        of the same bytes
//
// A checkpoint names the heads that moved since the one before; once a day a full one names all. Whoever can
// write the database can rebuild a chain, but not the signature, and the digest of each checkpoint is also in
// the log.
#pragma once

#include <boost/describe/class.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "starter/core/types.h"
#include "starter/crypto/hash.h"
#include "starter/describe/type_info.h"

namespace starter::audit {

/// An event with this action justifies that earlier events of its chain have no salt and no payload any more;
/// its payload is {"event_ids": ["...", ...]}.
inline constexpr std::string_view kErasure = "subject.erased";

/// prev of the first link.
std::string genesis();

/// `prev` and `digest` are raw bytes.
std::string link_hash(std::string_view prev, int64_t seq, const Uuid& event, std::string_view digest);

struct Head {
  Uuid tenant_id;
  int64_t seq;
  Bytes hash;
};
BOOST_DESCRIBE_STRUCT(Head, (), (tenant_id, seq, hash))

struct Checkpoint {
  Uuid id;
  Timestamp at;
  bool full = false;
  std::string previous;     // digest of the checkpoint before, or genesis()
  std::vector<Head> heads;  // ascending by tenant

  std::string signed_bytes() const;
  std::string digest() const;
};

/// A link and the event it points to, as the database has them now.
struct LinkedEvent {
  int64_t seq;
  Uuid event_id;
  Bytes digest, prev, hash;
  // Of the event; empty when there is none with that id.
  std::optional<Uuid> tenant_id;
  std::optional<Bytes> event_digest;
  std::optional<Bytes> salt;  // empty after an erasure, like the payload
  std::optional<bool> has_payload;
  std::optional<bool> linked;
  std::optional<std::string> canonical;  // recomputed from the row's columns
  std::optional<std::string> erased;     // payload of an erasure
};
BOOST_DESCRIBE_STRUCT(LinkedEvent, (),
                      (seq, event_id, digest, prev, hash, tenant_id, event_digest, salt, has_payload, linked,
                       canonical, erased))

/// The first row of a chain that is not as it was written.
struct Finding {
  Uuid tenant_id;
  int64_t seq = 0;  // 0: not a link; see event_id or what
  std::optional<Uuid> event_id;
  std::string what;
};

/// Checks one chain, fed in ascending seq. What it finds is the lowest seq that is wrong.
class ChainVerifier {
 public:
  /// `vouched`: what checkpoints with a good signature say about this chain, by seq.
  ChainVerifier(Uuid tenant, std::map<int64_t, std::string> vouched)
      : tenant_(tenant),
        vouched_(std::move(vouched)) {}

  void add(const LinkedEvent& row);
  /// After the last row; `head` as stored.
  std::optional<Finding> finish(const std::optional<Head>& head);

  int64_t events() const { return count_; }
  int64_t erased() const { return erased_; }

 private:
  const char* wrong(const LinkedEvent& row) const;
  void note(int64_t seq, std::optional<Uuid> event, std::string what);

  const Uuid tenant_;
  const std::map<int64_t, std::string> vouched_;
  std::string last_hash_ = genesis();
  int64_t last_ = 0, count_ = 0, erased_ = 0;
  std::map<Uuid, int64_t> unjustified_;  // erased events whose justification has not come yet
  std::optional<Finding> first_;
};

}  // namespace starter::audit
