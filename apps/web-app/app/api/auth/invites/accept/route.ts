export { acceptInvite as POST } from "@/features/auth/forms";
