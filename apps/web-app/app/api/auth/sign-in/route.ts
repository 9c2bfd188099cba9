export { signIn as POST } from "@/features/auth/forms";
