export { signUp as POST } from "@/features/auth/forms";
