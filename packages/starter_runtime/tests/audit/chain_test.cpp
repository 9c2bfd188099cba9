#include "starter/audit/chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "starter/crypto/encoding.h"

namespace starter::audit {
namespace {

std::string sha256(std::string_view bytes) {
  return std::string(crypto::bytes_of(crypto::sha256(bytes)));
}

Uuid id(uint64_t number) {
  Uuid out;
  for (size_t i = 0; i < 8; ++i) out.bytes[15 - i] = static_cast<unsigned char>(number >> (8 * i));
  return out;
}

const Uuid kTenant = id(7);

struct Chain {
  std::vector<LinkedEvent> rows;
  Head head{kTenant, 0, {genesis()}};
  std::map<int64_t, std::string> vouched;

  void append(std::mt19937_64& random, std::optional<std::string> erased = std::nullopt) {
    LinkedEvent row{};
    row.seq = head.seq + 1;
    row.event_id = id(random());
    row.salt = Bytes{std::to_string(random())};
    row.canonical = "event " + std::to_string(random());
    row.erased = std::move(erased);
    row.has_payload = true;
    row.linked = true;
    row.tenant_id = kTenant;
    row.digest.value = sha256(row.salt->value + *row.canonical);
    row.event_digest = row.digest;
    row.prev = head.hash;
    row.hash.value = link_hash(row.prev.value, row.seq, row.event_id, row.digest.value);
    head = {kTenant, row.seq, row.hash};
    rows.push_back(std::move(row));
  }
  LinkedEvent& at(int64_t seq) { return rows[static_cast<size_t>(seq - 1)]; }
  void erase(int64_t seq) {
    at(seq).salt.reset();
    at(seq).has_payload = false;
    at(seq).canonical = "what is left";
  }
  /// The first wrong seq, 0 if there is none.
  int64_t first_wrong() const {
    ChainVerifier verifier(kTenant, vouched);
    for (const auto& row : rows) verifier.add(row);
    const auto finding = verifier.finish(rows.empty() && head.seq == 0 ? std::nullopt : std::optional(head));
    return finding ? finding->seq : 0;
  }
};

Chain chain_of(std::mt19937_64& random, int length) {
  Chain out;
  for (int i = 0; i < length; ++i) out.append(random);
  out.vouched[out.head.seq] = out.head.hash.value;
  if (length > 4) out.vouched[length / 2] = out.at(length / 2).hash.value;
  return out;
}

TEST(LinkHash, CoversTheDocumentedBytes) {
  // prev (32) || seq (8, big-endian) || event id (16) || digest (32), spelt out.
  EXPECT_EQ(crypto::hex_encode(link_hash(genesis(), 1, id(0x0102030405060708), std::string(32, '\xAA'))),
            crypto::hex_encode(sha256(std::string(32, '\0') + std::string("\0\0\0\0\0\0\0\1", 8) +
                                      std::string("\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x08", 16) +
                                      std::string(32, '\xAA'))));
}

TEST(Checkpoint, CoversTheDocumentedBytes) {
  const Checkpoint checkpoint{
      id(1), {WallTime(std::chrono::microseconds(258))}, true, genesis(), {{id(2), 3, {"hash"}}}};
  EXPECT_EQ(checkpoint.signed_bytes(), "starter audit checkpoint v1\n" + std::string(15, '\0') + "\1" +
                                           std::string("\0\0\0\0\0\0\1\2", 8) + "\1" + std::string(32, '\0') +
                                           std::string("\0\0\0\0\0\0\0\1", 8) + std::string(15, '\0') + "\2" +
                                           std::string("\0\0\0\0\0\0\0\3", 8) + "hash");
}

TEST(AuditChain, P17IsGoodAsItWasWritten) {
  std::mt19937_64 random(1);
  for (int length : {0, 1, 2, 30}) EXPECT_EQ(chain_of(random, length).first_wrong(), 0) << length;
}

TEST(AuditChain, P17AllowsAnErasureThatALaterEventNames) {
  std::mt19937_64 random(2);
  Chain chain = chain_of(random, 10);
  chain.erase(4);
  EXPECT_EQ(chain.first_wrong(), 4);
  chain.append(random, R"({"event_ids": [")" + chain.at(4).event_id.text() + R"("]})");
  EXPECT_EQ(chain.first_wrong(), 0);
  // One that comes before cannot justify it, and one that was changed justifies nothing.
  Chain early = chain_of(random, 1);
  const Uuid later = id(99);
  early.append(random, R"({"event_ids": [")" + later.text() + R"("]})");
  early.append(random);
  early.at(3).event_id = later;
  early.at(3).hash.value = link_hash(early.at(3).prev.value, 3, later, early.at(3).digest.value);
  early.head.hash = early.at(3).hash;
  early.erase(3);
  EXPECT_EQ(early.first_wrong(), 3);
  chain.at(11).canonical = "changed";
  EXPECT_EQ(chain.first_wrong(), 4);
}

/// P17: whatever one edit, deletion, swap or truncation does, the first bad row is named.
TEST(AuditChain, P17NamesTheFirstBadRowOfTenThousandForgeries) {
  std::mt19937_64 random(20261121);
  const auto flip = [&](std::string& text) {
    text[random() % text.size()] ^= static_cast<char>(1 << (random() % 8));
  };
  using Forgery =
      std::function<int64_t(Chain&, int64_t)>;  // applied at a seq; answers the seq that must be named
  const std::vector<Forgery> forgeries{
      [&](Chain& c, int64_t at) {
        flip(*c.at(at).canonical);
        return at;
      },
      [&](Chain& c, int64_t at) {
        flip(c.at(at).salt->value);
        return at;
      },
      [&](Chain& c, int64_t at) {
        flip(c.at(at).event_digest->value);
        return at;
      },
      [&](Chain& c, int64_t at) {
        flip(c.at(at).digest.value);
        return at;
      },
      [&](Chain& c, int64_t at) {
        flip(c.at(at).prev.value);
        return at;
      },
      [&](Chain& c, int64_t at) {
        flip(c.at(at).hash.value);
        return at;
      },
      [&](Chain& c, int64_t at) {
        c.at(at).event_id = id(random());
        return at;
      },
      [&](Chain& c, int64_t at) {
        c.at(at).tenant_id = id(random());
        return at;
      },
      [&](Chain& c, int64_t at) {
        c.at(at).linked = false;
        return at;
      },
      [&](Chain& c, int64_t at) {
        c.erase(at);
        return at;
      },
      [&](Chain& c, int64_t at) {
        c.at(at).salt.reset();
        return at;
      },
      // The event is deleted.
      [&](Chain& c, int64_t at) {
        c.at(at).event_digest.reset();
        c.at(at).salt.reset();
        c.at(at).canonical.reset();
        return at;
      },
      // An event is rewritten with a fitting digest.
      [&](Chain& c, int64_t at) {
        c.at(at).canonical = "another story";
        c.at(at).event_digest->value = sha256(c.at(at).salt->value + *c.at(at).canonical);
        return at;
      },
      // The link as well, but not those behind it: the next one no longer follows, unless a checkpoint names
      // this one.
      [&](Chain& c, int64_t at) {
        auto& row = c.at(at);
        row.canonical = "another story";
        row.digest.value = sha256(row.salt->value + *row.canonical);
        row.event_digest = row.digest;
        row.hash.value = link_hash(row.prev.value, row.seq, row.event_id, row.digest.value);
        return c.vouched.contains(at) ? at : at + 1;
      },
      // The link is deleted.
      [&](Chain& c, int64_t at) {
        c.rows.erase(c.rows.begin() + (at - 1));
        return at;
      },
      // A number is given twice or left out.
      [&](Chain& c, int64_t at) {
        c.at(at).seq += 1;
        return at;
      },
      // Two rows swap their contents.
      [&](Chain& c, int64_t at) {
        const int64_t other = at == c.head.seq ? at - 1 : at + 1;
        std::swap(c.at(at), c.at(other));
        std::swap(c.at(at).seq, c.at(other).seq);
        return std::min(at, other);
      },
      // Everything from here on is cut off, and the head set back: only the checkpoint knows.
      [&](Chain& c, int64_t at) {
        c.rows.resize(static_cast<size_t>(at - 1));
        c.head = {kTenant, at - 1, {at > 1 ? c.at(at - 1).hash : Bytes{genesis()}}};
        return at;
      },
      // Cut off, the head forgotten.
      [&](Chain& c, int64_t at) {
        c.rows.resize(static_cast<size_t>(at - 1));
        return at;
      },
      // The head alone is set back.
      [&](Chain& c, int64_t at) {
        if (at == 1) at = 2;
        c.head = {kTenant, at - 1, c.at(at - 1).hash};
        return at;
      },
      // Everything from here on is forged consistently: the first checkpoint behind it knows.
      [&](Chain& c, int64_t at) {
        c.at(at).canonical = "another story";
        std::string prev = at > 1 ? c.at(at - 1).hash.value : genesis();
        for (int64_t seq = at; seq <= c.head.seq; ++seq) {
          auto& row = c.at(seq);
          row.digest.value = sha256(row.salt->value + *row.canonical);
          row.event_digest = row.digest;
          row.prev.value = prev;
          prev = row.hash.value = link_hash(prev, seq, row.event_id, row.digest.value);
        }
        c.head.hash.value = prev;
        return c.vouched.lower_bound(at)->first;
      },
  };
  for (int trial = 0; trial < 10'000; ++trial) {
    Chain chain = chain_of(random, 2 + static_cast<int>(random() % 20));
    const int64_t at = 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(chain.head.seq));
    const size_t kind = static_cast<size_t>(trial) % forgeries.size();
    const int64_t expected = forgeries[kind](chain, at);
    ASSERT_EQ(chain.first_wrong(), expected) << "trial " << trial << ", forgery " << kind << " at " << at;
  }
}

}  // namespace
}  // namespace starter::audit
