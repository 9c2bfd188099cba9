// The findings of `contract check`, for its page and for tests.
#include "starter/contracts/conform.h"

namespace starter::contracts {

const std::map<std::string, FindingCode>& finding_codes() {
  static const std::map<std::string, FindingCode> codes{
      {"declared.differs",
       {"What a target says about itself is not what it renders", "write both from the same local"}},
      {"declared.unknown",
       {"What a target says about itself has a member that the schema doesn't know",
        "keep to target.schema.json"}},
      {"output.missing", {"A Terraform root lacks an output of the contract", "add the output"}},
      {"probe.missing", {"A role lacks a probe that the target has", "add the probe"}},
      {"probe.path", {"A probe asks for another path", "ask for the path of roles.yaml"}},
      {"probe.port", {"A probe asks another port than the role listens on", "ask the port of roles.yaml"}},
      {"reference.differs",
       {"Two roles are sent to different places for the same secret",
        "write the references of all roles from one map"}},
      {"reference.empty", {"A secret refers to nothing", "name the secret"}},
      {"reference.name",
       {"A secret refers to what is named after another one", "refer to the secret of its own name"}},
      {"reference.shared", {"Two secrets refer to the same one", "give each its own"}},
      {"role.command",
       {"A role runs another command, or another entrypoint before it", "use the command of roles.yaml"}},
      {"role.image",
       {"A role has no image, or the migration has another one than the API", "use the image of the API"}},
      {"role.missing", {"A target lacks a role, or runs it at times alone", "render it as a service"}},
      {"role.port", {"A role listens on another port", "use the port of roles.yaml"}},
      {"role.twice",
       {"A role runs a second time, under whatever name", "let replicas scale it and remove the second one"}},
      {"role.ungated",
       {"A role starts before the migration has ended well", "make it wait for the migration's success"}},
      {"source.opaque",
       {"A role is given variables in a way that can't be read",
        "list each variable with its value or reference"}},
      {"variable.apart",
       {"Two roles of a target have different values of one input", "write both from the input"}},
      {"variable.derived",
       {"A derived value is not what it derives from", "derive it as provider-parity.md says"}},
      {"variable.differs",
       {"Two targets give the same variable different values, or one of them doesn't give it",
        "make them the same"}},
      {"variable.extra",
       {"A role gets a variable that it doesn't read, or that the target leaves out", "leave it out"}},
      {"variable.foreign_secret", {"A role is given a secret that it doesn't read", "leave it out"}},
      {"variable.literal_secret", {"A secret is given in the open", "give it by reference"}},
      {"variable.missing", {"A role lacks a variable that it needs", "give it"}},
      {"variable.reserved", {"A variable is set that the platform sets itself", "leave it out"}},
      {"variable.twice", {"A role gets a variable twice", "drop one of the two"}},
      {"variable.unknown", {"A role gets a variable that nobody declared", "declare it, or leave it out"}},
      {"variable.value", {"A value is not allowed", "change it"}},
      {"workload.unknown",
       {"Something runs that is neither a role nor a companion of the target",
        "remove it, or name it among the companions in targets.yaml"}},
  };
  return codes;
}

}  // namespace starter::contracts
