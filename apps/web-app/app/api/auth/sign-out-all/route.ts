export { signOutAll as POST } from "@/features/auth/forms";
