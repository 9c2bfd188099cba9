export { resend as POST } from "@/features/auth/forms";
