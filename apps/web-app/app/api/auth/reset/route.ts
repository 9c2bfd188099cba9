export { reset as POST } from "@/features/auth/forms";
