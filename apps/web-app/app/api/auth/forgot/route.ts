export { forgot as POST } from "@/features/auth/forms";
