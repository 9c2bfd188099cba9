// The audit chains of a deployment, checked from the outside.
#pragma once

#include "frame/outcome.h"
#include "starter/audit/verify.h"

namespace starter::console::operate {

/// Every chain of the database of `url`, page by page. Ctrl-C ends it: failure interrupted.
Outcome<audit::VerifyReport> verify_audit_chains(const Secret& url,
                                                 const std::vector<crypto::VerifyingKey>& keys,
                                                 const audit::VerifyOptions& options);

}  // namespace starter::console::operate
