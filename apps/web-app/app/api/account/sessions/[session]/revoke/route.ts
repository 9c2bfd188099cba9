export { revokeSession as POST } from "@/features/account/forms";
