export { verify as POST } from "@/features/auth/forms";
