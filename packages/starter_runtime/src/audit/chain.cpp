#include "starter/audit/chain.h"

#include <boost/json.hpp>

namespace starter::audit {
namespace {

void append_number(uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}
void append_id(const Uuid& id, std::string& out) {
  out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

std::string sha256(std::string_view bytes) {
  return std::string(crypto::bytes_of(crypto::sha256(bytes)));
}

/// The ids that an erasure names; what is no id is left out and therefore justifies nothing.
std::vector<Uuid> named_ids(const std::string& payload) {
  std::vector<Uuid> out;
  boost::system::error_code error;
  const auto document = boost::json::parse(payload, error);
  const auto* object = error ? nullptr : document.if_object();
  const auto* list = object ? object->if_contains("event_ids") : nullptr;
  if (!list || !list->is_array()) return out;
  for (const auto& item : list->get_array()) {
    Uuid id;
    if (item.is_string() && !Uuid::from_text(item.get_string(), id)) out.push_back(id);
  }
  return out;
}

}  // namespace

std::string genesis() {
  return std::string(32, '\0');
}

std::string link_hash(std::string_view prev, int64_t seq, const Uuid& event, std::string_view digest) {
  std::string bytes(prev);
  append_number(static_cast<uint64_t>(seq), bytes);
  append_id(event, bytes);
  bytes += digest;
  return sha256(bytes);
}

std::string Checkpoint::signed_bytes() const {
  std::string bytes = "starter audit checkpoint v1\n";
  append_id(id, bytes);
  append_number(static_cast<uint64_t>(at.at.time_since_epoch().count()), bytes);
  bytes += full ? '\1' : '\0';
  bytes += previous;
  append_number(heads.size(), bytes);
  for (const auto& head : heads) {
    append_id(head.tenant_id, bytes);
    append_number(static_cast<uint64_t>(head.seq), bytes);
    bytes += head.hash.value;
  }
  return bytes;
}

std::string Checkpoint::digest() const {
  return sha256(signed_bytes());
}

const char* ChainVerifier::wrong(const LinkedEvent& row) const {
  if (row.prev.value != last_hash_) return "the link does not follow the one before it";
  if (row.hash.value != link_hash(row.prev.value, row.seq, row.event_id, row.digest.value))
    return "the link was changed";
  if (!row.event_digest) return "the event is gone";
  if (row.tenant_id != tenant_) return "the event was moved to another tenant";
  if (row.event_digest->value != row.digest.value) return "the event's digest is not the one that was linked";
  if (!row.linked.value_or(false)) return "the event is marked as not linked";
  if (row.salt) {
    if (sha256(row.salt->value + row.canonical.value_or("")) != row.digest.value)
      return "the event was changed";
  } else if (row.has_payload.value_or(true)) {
    return "the event has lost its salt but kept its payload";
  }
  if (const auto vouched = vouched_.find(row.seq);
      vouched != vouched_.end() && vouched->second != row.hash.value) {
    return "the link is not the one that a signed checkpoint names";
  }
  return nullptr;
}

void ChainVerifier::note(int64_t seq, std::optional<Uuid> event, std::string what) {
  if (!first_ || seq < first_->seq) first_ = Finding{tenant_, seq, event, std::move(what)};
}

void ChainVerifier::add(const LinkedEvent& row) {
  ++count_;
  const char* problem = nullptr;
  if (!first_) {
    if (row.seq != last_ + 1)
      note(last_ + 1, std::nullopt, "the link is missing");
    else if ((problem = wrong(row)))
      note(row.seq, row.event_id, problem);
  }
  if (row.event_digest && !row.salt) {
    ++erased_;
    unjustified_.emplace(row.event_id, row.seq);
  }
  if (row.erased && row.salt && sha256(row.salt->value + row.canonical.value_or("")) == row.digest.value) {
    for (const auto& id : named_ids(*row.erased)) unjustified_.erase(id);
  }
  last_ = row.seq;
  last_hash_ = row.hash.value;
}

std::optional<Finding> ChainVerifier::finish(const std::optional<Head>& head) {
  for (const auto& [event, seq] : unjustified_)
    note(seq, event, "the event was erased and nothing justifies it");
  if (first_ && first_->seq <= last_) return first_;
  if (!head && last_ > 0) note(last_, std::nullopt, "the head of the chain is missing");
  if (head && head->seq > last_)
    note(last_ + 1, std::nullopt, "the link is missing although the head of the chain is behind it");
  if (head && head->seq < last_)
    note(head->seq + 1, std::nullopt, "the head of the chain is before this link");
  if (head && head->seq == last_ && head->hash.value != last_hash_)
    note(last_, std::nullopt, "the head of the chain has another hash");
  if (!vouched_.empty() && vouched_.rbegin()->first > last_) {
    note(last_ + 1, std::nullopt, "the link is missing although a signed checkpoint vouches for a later one");
  }
  return first_;
}

}  // namespace starter::audit
