export { revokeInvite as POST } from "@/features/members/forms";
