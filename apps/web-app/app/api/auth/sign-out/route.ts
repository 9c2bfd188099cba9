export { signOut as POST } from "@/features/auth/forms";
